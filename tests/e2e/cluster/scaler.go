package cluster

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Scaler is a process of redis-session-scaler, out of this checkout.
type Scaler struct {
	// Address is what a trigger says as scalerAddress.
	Address string
	*Process

	cluster     *Cluster
	host        string
	environment []string
	// program and arguments
	command []string
	// where a configuration file is, if there is one
	config string
}

// NewScaler prepares a scaler at an address of its own, or at the host given, with these variables of its environment. It is not
// started yet, and ends with the test.
func (c *Cluster) NewScaler(t *testing.T, host string, environment ...string) *Scaler {
	t.Helper()
	if host == "" {
		host = c.addresses.next()
	}
	s := &Scaler{Address: host + ":6000", cluster: c, host: host, config: filepath.Join(t.TempDir(), "scaler.yaml"),
		command: []string{filepath.Join(root, "redis-session-scaler"), "serve"}}
	s.environment = append([]string{"LISTEN_ADDRESS=" + host, "GRPC_PORT=6000", "MANAGEMENT_PORT=8080"}, environment...)
	t.Cleanup(func() {
		if s.Process != nil {
			s.Stop()
		}
	})
	return s
}

// StartScaler starts a scaler for a Redis.
func (c *Cluster) StartScaler(t *testing.T, redis *Redis, environment ...string) *Scaler {
	t.Helper()
	s := c.NewScaler(t, "", append(environment, "REDIS_ADDRESS="+redis.Address)...)
	s.Start(t)
	return s
}

// StartFastScaler starts a scaler for a Redis whose clock runs so many times as fast as that of the machine.
func (c *Cluster) StartFastScaler(t *testing.T, redis *Redis, faster float64) *Scaler {
	t.Helper()
	s := c.NewScaler(t, "", "REDIS_ADDRESS="+redis.Address)
	s.command = []string{"/bin/sh", "-c", `cd "$0" && . cli/src/main/dist/find-java.sh && java=$(find_java) &&
		exec "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -cp cli/target/launcher.jar tests/e2e/scaler/FastScaler.java "$1"`,
		root, fmt.Sprint(faster)}
	s.Start(t)
	return s
}

// Configure writes the configuration file. A running scaler reads it again by itself.
func (s *Scaler) Configure(t *testing.T, config string) {
	t.Helper()
	if err := os.WriteFile(s.config+".new", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(s.config+".new", s.config); err != nil {
		t.Fatal(err)
	}
}

// starting holds the scalers that start: dozens of Java processes that start at once on two processors delay everything for a minute.
var starting = make(chan struct{}, 3)

// Start starts the scaler, also after it has been stopped, and returns when it is ready.
func (s *Scaler) Start(t *testing.T) {
	t.Helper()
	starting <- struct{}{}
	defer func() { <-starting }()
	environment := s.environment
	if _, err := os.Stat(s.config); err == nil {
		environment = append(environment, "CONFIG_FILE="+s.config)
	}
	process, err := s.cluster.run("scaler-"+s.host, environment, s.command[0], s.command[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	s.Process = process
	err = await(time.Minute, "the scaler is ready", func(ctx context.Context) error {
		if err := process.hasEnded(); err != nil {
			return err
		}
		return s.isReady(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *Scaler) isReady(ctx context.Context) error {
	_, err := s.get(ctx, "/readyz")
	return err
}

// Shows says whether the sample of this metric for a namespace's only trigger has this value now.
func (s *Scaler) Shows(t *testing.T, metric, namespace, value string) bool {
	t.Helper()
	scrape, err := s.get(t.Context(), "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(scrape) {
		if strings.HasPrefix(line, metric+"{") && strings.Contains(line, `scaledobject_namespace="`+namespace+`"`) {
			return strings.HasSuffix(line, " "+value+"\n")
		}
	}
	return false
}

// get returns what the management port answers.
func (s *Scaler) get(ctx context.Context, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.host+":8080"+path, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, response.Status)
	}
	return string(body), err
}

// Logs waits until a line of the scaler's log holds all of these texts.
func (s *Scaler) Logs(t *testing.T, texts ...string) string {
	t.Helper()
	var found string
	err := await(time.Minute, fmt.Sprintf("the scaler logs %q", texts), func(context.Context) error {
		for line := range strings.Lines(s.Log()) {
			if holdsAll(line, texts) {
				found = strings.TrimSpace(line)
				return nil
			}
		}
		return fmt.Errorf("no line of %s has it", s.log)
	})
	if err != nil {
		t.Error(err)
	}
	return found
}

func holdsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}
