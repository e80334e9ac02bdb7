package charttest

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Where images and charts are published, and which version: the chart's values and Chart.yaml say it, and everything else agrees.

func TestOneRegistryAndOneVersion(t *testing.T) {
	registry := registry(t)
	host, _, _ := strings.Cut(registry, "/")
	name := regexp.MustCompile(regexp.QuoteMeta(host) + `/[^\s"'` + "`" + `|)]+`)
	right := map[string]bool{
		registry + "/redis-session-scaler":                      true, // the name alone
		registry + "/redis-session-scaler:" + version(t):        true,
		registry + "/redis-session-scaler:quick-start":          true, // built by the reader
		registry + "/charts/redis-session-scaler":               true,
		registry + "/charts/redis-session-scaler:" + version(t): true,
	}
	images, charts := 0, 0
	for path, text := range texts(t) {
		for _, found := range name.FindAllString(text, -1) {
			switch found = strings.TrimRight(found, ".,;"); {
			case !right[found]:
				t.Errorf("%s names %s, where the registry is %s and the version %s", path, found, registry, version(t))
			case strings.Contains(found, "/charts/"):
				charts++
			default:
				images++
			}
		}
	}
	if images == 0 || charts == 0 {
		t.Errorf("%d images and %d charts are named", images, charts)
	}
}

func TestNoPageNamesAnotherVersionOfTheImage(t *testing.T) {
	tagged := regexp.MustCompile(`redis-session-scaler:(\d[^\s"'` + "`" + `]*)`)
	for path, text := range texts(t) {
		for _, found := range tagged.FindAllStringSubmatch(text, -1) {
			if found[1] != version(t) && found[1] != "6000" {
				t.Errorf("%s names the version %s of the image", path, found[1])
			}
		}
	}
}

func TestTheFirstInstallationOfTheReadmesIsThePublishedChart(t *testing.T) {
	for _, file := range []string{root + "/README.md", root + "/README.zh-CN.md", root + "/docs/installation.md", chart + "/README.md"} {
		first := regexp.MustCompile(`helm install .*`).FindString(read(t, file))
		if !strings.Contains(first, " oci://"+registry(t)+"/charts/redis-session-scaler") {
			t.Errorf("%s begins with: %s", file, first)
		}
	}
}

// registry is what packaging/release/registry prints, and where the chart finds the image.
func registry(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(root + "/packaging/release/registry").Output()
	if err != nil {
		t.Fatal(err)
	}
	registry := strings.TrimSpace(string(out))
	if image := container(t, objects(t, template(t, oneConnection))).Image; image != registry+"/redis-session-scaler:"+version(t) {
		t.Errorf("the chart installs %s, where the registry is %s", image, registry)
	}
	return registry
}

// texts returns what people read and what is applied or run, by path; our tests are not among it.
func texts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	if err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "target" || name == "node_modules" || name == ".git" || name == "test") {
			return fs.SkipDir
		}
		if name == "test" { // a script
			return nil
		}
		switch filepath.Ext(name) {
		case ".md", ".yaml", ".yml", ".tpl", ".txt", "":
			if entry.Type().IsRegular() {
				texts[path] = read(t, path)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return texts
}
