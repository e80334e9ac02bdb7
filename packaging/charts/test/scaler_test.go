package charttest

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// A scaler that runs as the chart's Deployment says, on this machine: the same arguments, environment and files.
type scaler struct {
	grpc       string
	management string
}

// ready is the line with the ports, as text or as JSON.
var ready = regexp.MustCompile(`gRPC on (\S+), http://(\S+)/|"grpcPort":(\d+),"managementPort":(\d+)`)

// start runs the container of the Deployment. Its Secrets are given by name and key.
func start(t *testing.T, objects []runtime.Object, secrets map[string]map[string]string) scaler {
	t.Helper()
	directory := mount(t, objects, secrets)
	container := container(t, objects)
	command := exec.Command(root+"/redis-session-scaler", container.Args...)
	command.Env = append(command.Environ(), "LISTEN_ADDRESS=127.0.0.1", "GRPC_PORT=0", "MANAGEMENT_PORT=0")
	for _, variable := range container.Env {
		command.Env = append(command.Env, variable.Name+"="+moved(variable.Value, directory))
	}
	found := runUntil(t, command, ready)
	if found[1] != "" {
		return scaler{grpc: found[1], management: found[2]}
	}
	return scaler{grpc: "127.0.0.1:" + found[3], management: "127.0.0.1:" + found[4]}
}

// mount lays out the projected volume in a directory of this machine.
func mount(t *testing.T, objects []runtime.Object, secrets map[string]map[string]string) string {
	t.Helper()
	directory := t.TempDir()
	for _, source := range projected(t, objects) {
		for _, item := range items(source) {
			var content string
			if source.ConfigMap != nil {
				config, _ := configuration(objects)
				content = moved(config, directory)
			} else {
				found, known := secrets[source.Secret.Name][item.Key]
				if !known {
					t.Fatalf("the Secret %s has no key %s", source.Secret.Name, item.Key)
				}
				content = found
			}
			file := filepath.Join(directory, item.Path)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(content), 0o400); err != nil {
				t.Fatal(err)
			}
		}
	}
	return directory
}

// moved lets every path lead to where the volume is on this machine.
func moved(text, to string) string {
	return strings.ReplaceAll(text, directory, to)
}

// probeAll asks what the kubelet would ask.
func (s scaler) probeAll(t *testing.T, objects []runtime.Object) {
	t.Helper()
	container := container(t, objects)
	for _, probe := range []*core.Probe{container.StartupProbe, container.ReadinessProbe, container.LivenessProbe} {
		s.probe(t, probe)
	}
}

func (s scaler) probe(t *testing.T, probe *core.Probe) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.management+probe.HTTPGet.Path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the probe %s: %v, %v", probe.HTTPGet.Path, answer, err)
	}
}

// check asks the scaler as KEDA does, by its own command, and returns what that prints in JSON. Where it has something to
// remark, such as an outage, it prints and then fails.
func (s scaler) check(t *testing.T, arguments ...string) map[string]any {
	t.Helper()
	command := exec.Command(root+"/redis-session-scaler", append([]string{"check", "--scaler", s.grpc, "--output", "json"}, arguments...)...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil && len(out) == 0 {
		t.Fatalf("%v: %v", command.Args, err)
	}
	var answer map[string]any
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	if status := command.ProcessState.ExitCode(); answer["status"] != float64(status) {
		t.Errorf("%v ends with status %d, and says %v", command.Args, status, answer["status"])
	}
	return answer
}

// metadata makes arguments of what a trigger says.
func metadata(trigger keda.ScaleTriggers) []string {
	var arguments []string
	for key, value := range trigger.Metadata {
		arguments = append(arguments, "--metadata", key+"="+value)
	}
	return arguments
}

func TestTheRenderedContainerAnswers(t *testing.T) {
	redis := startRedis(t, "rotten/tomatoes")
	redis.putSessions(t, 101)
	values := []string{
		"connections.default.address=" + redis.address(), "connections.default.passwordSecret.name=redis",
		"connections.default.passwordSecret.key=password",
	}
	objects := objects(t, template(t, values...))

	scaler := start(t, objects, map[string]map[string]string{"redis": {"password": "rotten/tomatoes"}})

	scaler.probeAll(t, objects)
	answer := scaler.check(t, metadata(scaledObject(t, values...).Spec.Triggers[0])...)
	if answer["wantedReplicas"] != 2.0 || answer["active"] != true {
		t.Errorf("101 sessions are %v", answer)
	}
	test := the[*core.Pod](t, objects).Spec.Containers[0].Args
	here := strings.ReplaceAll(strings.Join(test, "\n"), "redis-session-scaler.keda:6000", scaler.grpc)
	if out, err := exec.Command(root+"/redis-session-scaler", strings.Split(here, "\n")...).CombinedOutput(); err != nil {
		t.Errorf("helm test fails: %s", out)
	}
}

func TestTheRenderedContainerSpeaksMutualTls(t *testing.T) {
	authority := newAuthority(t)
	server, client := authority.issue(t, "redis-session-scaler.keda", "127.0.0.1"), authority.issue(t, "keda")
	objects := objects(t, template(t,
		"connections.default.address=127.0.0.1:1", "tls.enabled=true", "tls.secretName=scaler", "tls.clientCaSecret=clients"))

	scaler := start(t, objects, map[string]map[string]string{
		"scaler":  {"tls.crt": server.certificate, "tls.key": server.privateKey},
		"clients": {"ca.crt": authority.certificate},
	})

	scaler.probeAll(t, objects)
	answer := scaler.check(t, "--ca-file", inFile(t, authority.certificate),
		"--cert-file", inFile(t, client.certificate), "--key-file", inFile(t, client.privateKey))
	if answer["active"] != false {
		t.Errorf("without Redis it answers %v", answer)
	}
	stranger := tls.Dialer{Config: &tls.Config{RootCAs: authority.pool(), NextProtos: []string{"h2"}}}
	if connection, err := stranger.Dial("tcp", scaler.grpc); err == nil {
		defer connection.Close()
		if _, err := connection.Read(make([]byte, 1)); err == nil {
			t.Error("a client without a certificate is served")
		}
	}
}

func TestTheScalerTakesEverythingThatTheChartCanWrite(t *testing.T) {
	authority := newAuthority(t)
	server, client := authority.issue(t, "redis-session-scaler.keda"), authority.issue(t, "scaler")
	objects := objects(t, template(t, everything))

	scaler := start(t, objects, map[string]map[string]string{
		"redis-session-scaler-tls": {"tls.crt": server.certificate, "tls.key": server.privateKey},
		"keda-clients":             {"ca.crt": authority.certificate},
		"redis":                    {"password": "rotten/tomatoes"},
		"sentinel":                 {"password": "more/tomatoes"},
		"redis-ca":                 {"ca.crt": authority.certificate},
		"redis-client":             {"tls.crt": client.certificate, "tls.key": client.privateKey},
	})

	scaler.probeAll(t, objects)
}
