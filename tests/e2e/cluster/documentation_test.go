package cluster

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table in docs/compatibility.md has every scenario, and no other.
func TestEveryScenarioIsDocumented(t *testing.T) {
	var scenarios, documented []string
	for _, pattern := range []string{"../scenarios/*_test.go", "../pace/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal("no tests", err)
		}
		for _, file := range files {
			for _, found := range regexp.MustCompile(`(?m)^func Test(\w+)\(t `).FindAllStringSubmatch(read(t, file), -1) {
				scenarios = append(scenarios, inWords(found[1]))
			}
		}
	}
	_, table, _ := strings.Cut(read(t, root+"/docs/compatibility.md"), "## Scenarios")
	table, _, _ = strings.Cut(table, "\n#")
	for _, found := range regexp.MustCompile(`(?m)^\| ([A-Za-z][A-Za-z0-9 ]*) \|`).FindAllStringSubmatch(table, -1) {
		if found[1] != "scenario" {
			documented = append(documented, strings.ToLower(found[1]))
		}
	}
	slices.Sort(scenarios)
	slices.Sort(documented)
	if !slices.Equal(scenarios, documented) {
		t.Errorf("the scenarios are %q, and documented are %q", scenarios, documented)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
