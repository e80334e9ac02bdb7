package charttest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const deploy = root + "/packaging/deploy"

func TestThePlainManifestsAreThoseOfTheChart(t *testing.T) {
	rendered, err := exec.Command(deploy + "/render").Output()
	if err != nil {
		t.Fatal(err)
	}
	manifests := read(t, deploy+"/redis-session-scaler.yaml")
	if string(rendered) != manifests {
		t.Error("packaging/deploy/render prints something else than packaging/deploy/redis-session-scaler.yaml")
	}
	if len(objects(t, manifests)) != 5 {
		t.Error("not every object is there")
	}
	if regexp.MustCompile(`helm\.sh|: Helm`).MatchString(manifests) {
		t.Error("the manifests speak of Helm's own")
	}
}

func TestKustomizeTakesThePlainManifests(t *testing.T) {
	if built := kustomize(t, deploy); len(built) != 5 {
		t.Errorf("%d objects", len(built))
	}
}

func TestTheKustomizationOfTheDocumentation(t *testing.T) {
	text := regexp.MustCompile("(?s)# kustomization.yaml\n(.*?)```").FindStringSubmatch(read(t, root+"/docs/installation.md"))
	directory := t.TempDir()
	if err := os.CopyFS(filepath.Join(directory, "deploy"), os.DirFS(deploy)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(directory, "kustomization.yaml"), []byte(text[1]), 0o600); err != nil {
		t.Fatal(err)
	}

	built := kustomize(t, directory)

	pod := the[*apps.Deployment](t, built).Spec.Template.Spec
	if len(pod.Volumes) != 2 || len(pod.Containers) != 1 || len(pod.Containers[0].VolumeMounts) != 2 {
		t.Error("the Secret is not mounted beside what there is")
	}
	if image := pod.Containers[0].Image; image != "registry.example/redis-session-scaler:"+version(t) {
		t.Errorf("the image is %s", image)
	}
	if config := the[*core.ConfigMap](t, built).Data["config.yaml"]; !regexp.MustCompile("passwordFile").MatchString(config) {
		t.Errorf("the configuration is %s", config)
	}
}

func kustomize(t *testing.T, directory string) []runtime.Object {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), directory)
	if err != nil {
		t.Fatal(err)
	}
	text, err := built.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return objects(t, string(text))
}

// version is that of the chart, and of all else.
func version(t *testing.T) string {
	t.Helper()
	return regexp.MustCompile(`(?m)^version: (\S+)$`).FindStringSubmatch(read(t, chart+"/Chart.yaml"))[1]
}
