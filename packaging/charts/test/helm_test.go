package charttest

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	root      = "../../.."
	chart     = root + "/packaging/charts/redis-session-scaler"
	release   = "redis-session-scaler"
	namespace = "keda"
)

// One connection, the least that the chart installs.
const oneConnection = "connections.default.address=redis.shop:6379"

// The path of the helm that go.mod names; built when it is asked for first.
var helm = sync.OnceValues(func() (string, error) {
	path, err := exec.Command("go", "tool", "-n", "helm").Output()
	return strings.TrimSpace(string(path)), err
})

// runHelm runs a command of helm and returns what it prints.
func runHelm(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	path, err := helm()
	if err != nil {
		t.Fatalf("helm cannot be built: %v", err)
	}
	command := exec.Command(path, arguments...)
	command.Env = append(command.Environ(), "HELM_CACHE_HOME="+t.TempDir(), "HELM_CONFIG_HOME="+t.TempDir(), "HELM_DATA_HOME="+t.TempDir())
	var out, err2 bytes.Buffer
	command.Stdout, command.Stderr = &out, &err2
	if err := command.Run(); err != nil {
		return err2.String(), err
	}
	if err2.Len() > 0 {
		t.Errorf("helm %s warns: %s", arguments[0], &err2)
	}
	return out.String(), nil
}

// template renders the chart with these values, each key=value as --set takes them or a file of values.
func template(t *testing.T, values ...string) string {
	t.Helper()
	out, err := tryTemplate(t, values...)
	if err != nil {
		t.Fatalf("helm template with %q: %v\n%s", values, err, out)
	}
	return out
}

func tryTemplate(t *testing.T, values ...string) (string, error) {
	t.Helper()
	return runHelm(t, append([]string{"template", release, chart, "--namespace", namespace}, flags(values)...)...)
}

func flags(values []string) []string {
	var flags []string
	for _, value := range values {
		if filepath.Ext(value) == ".yaml" {
			flags = append(flags, "--values", value)
		} else {
			flags = append(flags, "--set", value)
		}
	}
	return flags
}
