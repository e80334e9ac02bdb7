package scenarios

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// A connection that an example names, in its trigger or in one of its sources.
var connection = regexp.MustCompile(`\bconnection: "?([\w-]+)`)

// Every example is applied to the application of the quick start, as it is but for the namespace. The scaler that serves it has each
// connection that an example names; all of them lead to one Redis with sessions of several kinds.
func TestExamples(t *testing.T) {
	t.Parallel()
	redis := it.StartRedis(t, "")
	redis.SpringSessions(t, 250)
	redis.Do(t, "SET", "shop:open", "1")
	files, err := filepath.Glob("../../../examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	connections := map[string]any{"default": map[string]any{"address": redis.Address}}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, named := range connection.FindAllStringSubmatch(string(text), -1) {
			connections[named[1]] = map[string]any{"address": redis.Address}
		}
	}
	configuration, err := yaml.Marshal(map[string]any{"connections": connections})
	if err != nil {
		t.Fatal(err)
	}
	scaler := it.NewScaler(t, "")
	scaler.Configure(t, string(configuration))
	scaler.Start(t)
	for _, path := range append(files, "../../../examples/quick-start/scaledobject.yaml") {
		file := strings.TrimPrefix(path, "../../../examples/")
		if file == "original-sample.yaml" || file == "mutual-tls.yaml" {
			continue // They have scenarios of their own.
		}
		name := strings.NewReplacer("/", "-", ".yaml", "").Replace(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			namespace := "example-" + name
			if err := it.Example("quick-start/shop.yaml", namespace); err != nil {
				t.Fatal(err)
			}
			if err := it.Example(file, namespace, "redis-session-scaler.keda:6000", scaler.Address); err != nil {
				t.Fatal(err)
			}
			it.Deployed(namespace).IsReady(t, "applied")
		})
	}
}

// The chart's objects with every value, and the plain manifests. The chart's monitors and alerts are left out, since the definitions of their
// kinds are in no Go module.
func TestChartAndManifests(t *testing.T) {
	t.Parallel()
	for _, namespace := range []string{"chart", "manifests"} {
		if err := it.CreateNamespace(namespace); err != nil {
			t.Fatal(err)
		}
	}
	definitions, err := filepath.Glob(os.Getenv("CERT_MANAGER_MODULE") + "/deploy/crds/cert-manager.io_*.yaml")
	if err != nil || len(definitions) == 0 {
		t.Fatal("no definitions of cert-manager", err)
	}
	if err := it.Define(definitions...); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{os.Getenv("RENDERED_CHART"), "../../../packaging/deploy/redis-session-scaler.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := "applied"
		// The original manifest has objects of the same names in the namespace keda.
		if err = it.Apply(strings.ReplaceAll(string(text), "namespace: keda\n", "namespace: manifests\n"), ""); err != nil {
			seen = err.Error()
		}
		it.Saw(t, filepath.Base(file), "applied", seen, err == nil)
	}
}
