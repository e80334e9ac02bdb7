package checks

import (
	"regexp"
	"strings"
	"testing"
)

// The versions that the documentation names are those that the end-to-end tests run.
func TestTheDocumentedVersionsAreTheTestedOnes(t *testing.T) {
	for _, program := range []struct{ name, module, file string }{
		{"KEDA", "github.com/kedacore/keda/v2", "tests/e2e/keda/go.mod"},
		{"Kubernetes", "k8s.io/kubernetes", "tests/e2e/kubernetes/go.mod"},
	} {
		required := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(program.module) + ` v(\S+)`)
		tested := required.FindStringSubmatch(read(t, the(t, program.file)))
		row := regexp.MustCompile(`(?m)^\| ` + program.name + ` \| ([0-9.]+)`).FindStringSubmatch(read(t, the(t, "docs/compatibility.md")))
		if tested == nil || row == nil || tested[1] != row[1] {
			t.Errorf("%s: tested with %q, documented is %q", program.name, tested, row)
			continue
		}
		minor := tested[1][:strings.LastIndex(tested[1], ".")]
		for _, readme := range []string{"README.md", "README.zh-CN.md"} {
			if text := read(t, root+"/"+readme); !strings.Contains(text, program.name+" "+minor) {
				t.Errorf("%s does not name %s %s", readme, program.name, minor)
			}
		}
	}
}
