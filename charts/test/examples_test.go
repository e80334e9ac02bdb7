package charttest

import (
	"path/filepath"
	"testing"
)

// KEDA and Kubernetes take every example; a test of the scaler reads their metadata.
func TestTheExamples(t *testing.T) {
	files, err := filepath.Glob(root + "/examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if len(objects(t, read(t, file))) == 0 {
				t.Error("nothing is in it")
			}
		})
	}
}
