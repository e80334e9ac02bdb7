package cluster

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
)

// Report collects what every scenario saw.
type Report struct {
	mutex sync.Mutex
	rows  []row
}

type row struct {
	scenario, step, wanted, seen string
	right                        bool
}

// Saw writes down one step. A step that was not seen as it is wanted fails the test.
func (r *Report) Saw(t *testing.T, step, wanted, seen string, right bool) {
	t.Helper()
	r.mutex.Lock()
	r.rows = append(r.rows, row{scenario(t), step, wanted, seen, right})
	r.mutex.Unlock()
	line := fmt.Sprintf("%s: wanted %s, seen %s", step, wanted, seen)
	if right {
		t.Log(line)
	} else {
		t.Error(line)
	}
}

// scenario is the name of a test as people write it: TestScaleToZero/by_push is "scale to zero, by push".
func scenario(t *testing.T) string {
	test, variant, _ := strings.Cut(strings.TrimPrefix(t.Name(), "Test"), "/")
	words := inWords(test)
	if variant != "" {
		words += ", " + strings.NewReplacer("_", " ", "/", ", ").Replace(variant)
	}
	return words
}

// inWords makes "scale to zero" of ScaleToZero.
func inWords(name string) string {
	var words strings.Builder
	for n, letter := range name {
		if unicode.IsUpper(letter) && n > 0 {
			words.WriteByte(' ')
		}
		words.WriteRune(unicode.ToLower(letter))
	}
	return words.String()
}

// Print writes the table of all steps, and how many of each scenario were as wanted.
func (r *Report) Print(out io.Writer) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	slices.SortStableFunc(r.rows, func(a, b row) int { return strings.Compare(a.scenario, b.scenario) })
	fmt.Fprintln(out, "| scenario | step | wanted | seen | |\n|---|---|---|---|---|")
	right := 0
	for _, row := range r.rows {
		verdict := "WRONG"
		if row.right {
			verdict = "right"
			right++
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", row.scenario, row.step, row.wanted, row.seen, verdict)
	}
	fmt.Fprintf(out, "\n%d of %d steps as wanted\n", right, len(r.rows))
}
