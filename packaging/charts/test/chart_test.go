package charttest

import (
	"encoding/base64"
	"encoding/xml"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// What Chart.yaml says, as far as it is tested.
type chartFile struct {
	Home, Icon, KubeVersion, Version, AppVersion string
	Sources                                      []string
	Maintainers                                  []struct{ Name, URL string }
	Annotations                                  map[string]string
}

func readChart(t *testing.T) chartFile {
	t.Helper()
	var file chartFile
	if err := yaml.Unmarshal([]byte(read(t, chart+"/Chart.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestTheChartSaysWhereItComesFrom(t *testing.T) {
	file := readChart(t)

	if file.Home == "" || len(file.Sources) == 0 || file.KubeVersion == "" || len(file.Maintainers) == 0 {
		t.Errorf("something is missing in %+v", file)
	}
}

func TestTheIconIsTheOneOfTheDocumentation(t *testing.T) {
	encoded, found := strings.CutPrefix(readChart(t).Icon, "data:image/svg+xml;base64,")
	icon, err := base64.StdEncoding.DecodeString(encoded)

	if !found || err != nil || string(icon) != read(t, root+"/docs/images/icon.svg") {
		t.Errorf("the icon of the chart is not docs/images/icon.svg in base64: %v", err)
	}
	if err := xml.Unmarshal(icon, new(struct{})); err != nil {
		t.Errorf("the icon is not XML: %v", err)
	}
}

// Helm 4 prints a line for each symbolic link, with every command.
func TestTheChartHasNoSymbolicLinks(t *testing.T) {
	if err := filepath.WalkDir(chart, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type()&os.ModeSymlink != 0 {
			t.Errorf("%s is a symbolic link", path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
