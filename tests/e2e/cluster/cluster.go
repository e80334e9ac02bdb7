// Package cluster runs a Kubernetes control plane and KEDA as processes of this machine, and what is tried in them: scalers,
// servers of Redis, and applications that are scaled.
//
// It must be run in a network namespace and a mount namespace of its own, as tests/e2e/run does.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// Cluster is a control plane with KEDA in it. Its methods may be called by many tests at once.
type Cluster struct {
	Kubernetes kubernetes.Interface
	Report

	directory  string
	logs       string
	kubeconfig string
	identities *identities
	dynamic    dynamic.Interface
	mapper     *restmapper.DeferredDiscoveryRESTMapper
	history    *history
	addresses  addresses

	// those of the control plane and KEDA, which no test ends
	programs []*Process

	mutex     sync.Mutex
	processes []*Process
}

// Pace is how often the HPA looks, and how long it waits for a higher number before it scales in, where a ScaledObject does not say.
type Pace struct {
	Sync      time.Duration
	Downscale time.Duration
}

var (
	// DefaultPace is that of Kubernetes.
	DefaultPace = Pace{Sync: 15 * time.Second, Downscale: 5 * time.Minute}
	// QuickPace shows in seconds what else takes minutes.
	QuickPace = Pace{Sync: 2 * time.Second}
)

// root is the repository, seen from the folder of a test.
const root = "../../.."

// Start starts a cluster. Its logs are in tests/e2e/target/logs, in a folder of this name.
func Start(name string, pace Pace) (*Cluster, error) {
	module := os.Getenv("KEDA_MODULE")
	if module == "" {
		return nil, errors.New("KEDA_MODULE is not set: run this by tests/e2e/run")
	}
	logs, err := filepath.Abs(filepath.Join(root, "tests/e2e/target/logs", name))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.RemoveAll(logs), os.MkdirAll(logs, 0o700)); err != nil {
		return nil, err
	}
	directory, err := os.MkdirTemp("", "e2e-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{directory: directory, logs: logs}
	if err = nameHosts(); err == nil {
		c.identities, err = issueIdentities(directory)
	}
	if err == nil {
		err = c.startControlPlane(pace)
	}
	if err == nil {
		err = c.startKeda(module)
	}
	if err == nil {
		c.history, err = watch(c.Kubernetes)
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// Stop ends every process that was started, the latest first, and removes their data. The logs stay.
func (c *Cluster) Stop() {
	if c.history != nil {
		close(c.history.stop)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, process := range slices.Backward(c.processes) {
		process.Stop()
	}
	_ = os.RemoveAll(c.directory)
}

// Main runs the tests of a package in a cluster of their own, prints what they saw, and exits.
func Main(tests *testing.M, name string, pace Pace, use func(*Cluster)) {
	c, err := Start(name, pace)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	use(c)
	status := tests.Run()
	var table strings.Builder
	fmt.Fprintf(&table, "%s, the HPA looks every %s\n\n", c.versions(), pace.Sync)
	c.Print(&table)
	c.Stop()
	fmt.Print(table.String())
	if err := os.WriteFile(filepath.Join(root, "tests/e2e/target", name+".md"), []byte(table.String()), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// versions says what runs here.
func (c *Cluster) versions() string {
	version, err := c.Kubernetes.Discovery().ServerVersion()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("KEDA %s, Kubernetes %s", os.Getenv("KEDA_VERSION"), version.GitVersion)
}

// launch starts one of the programs that tests/e2e/build makes.
func (c *Cluster) launch(name string, env []string, program string, arguments ...string) error {
	process, err := c.run(name, env, filepath.Join(root, "tests/e2e/target/bin", program), arguments...)
	if err == nil {
		c.programs = append(c.programs, process)
	}
	return err
}

func (c *Cluster) run(name string, env []string, program string, arguments ...string) (*Process, error) {
	process, err := launch(c.logs, name, env, program, arguments...)
	if err != nil {
		return nil, err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.processes = append(c.processes, process)
	return process, nil
}

// Await waits for a condition, or is the last error of it.
func (c *Cluster) Await(limit time.Duration, what string, condition func(context.Context) error) error {
	return c.await(limit, what, condition)
}

// await waits for a condition. When it does not come, the error also names the programs of the cluster that have ended.
func (c *Cluster) await(limit time.Duration, what string, condition func(context.Context) error) error {
	return await(limit, what, func(ctx context.Context) error {
		err := condition(ctx)
		if err == nil {
			return nil
		}
		for _, program := range c.programs {
			if ended := program.hasEnded(); ended != nil {
				return fmt.Errorf("%w; %w", err, ended)
			}
		}
		return err
	})
}

func (c *Cluster) connect(config *rest.Config) error {
	config.QPS, config.Burst = 500, 1000
	var err error
	if c.Kubernetes, err = kubernetes.NewForConfig(config); err != nil {
		return err
	}
	if c.dynamic, err = dynamic.NewForConfig(config); err != nil {
		return err
	}
	c.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.Kubernetes.Discovery()))
	return nil
}
