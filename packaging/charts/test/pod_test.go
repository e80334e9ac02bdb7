package charttest

import (
	"os"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Where the chart mounts the configuration and the files that it refers to.
const directory = "/etc/redis-session-scaler"

func container(t *testing.T, objects []runtime.Object) core.Container {
	t.Helper()
	return the[*apps.Deployment](t, objects).Spec.Template.Spec.Containers[0]
}

// projected returns the sources of the volume that is mounted at the directory.
func projected(t *testing.T, objects []runtime.Object) []core.VolumeProjection {
	t.Helper()
	return the[*apps.Deployment](t, objects).Spec.Template.Spec.Volumes[0].Projected.Sources
}

func items(source core.VolumeProjection) []core.KeyToPath {
	if source.ConfigMap != nil {
		return source.ConfigMap.Items
	}
	return source.Secret.Items
}

// configuration returns the scaler's configuration, if a ConfigMap of the chart holds it.
func configuration(objects []runtime.Object) (string, bool) {
	for _, configMap := range all[*core.ConfigMap](objects) {
		if config, found := configMap.Data["config.yaml"]; found {
			return config, true
		}
	}
	return "", false
}

// environment returns the values of all variables that have one, a line each.
func environment(container core.Container) string {
	var values []string
	for _, variable := range container.Env {
		values = append(values, variable.Value)
	}
	return strings.Join(values, "\n")
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
