package charttest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
)

// KEDA and Kubernetes take every example; a test of the scaler reads their metadata.
func TestTheExamples(t *testing.T) {
	files, err := filepath.Glob(root + "/examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			scaled := all[*keda.ScaledObject](objects(t, read(t, file)))
			if len(scaled) == 0 {
				t.Error("nothing is scaled by it")
			}
			for _, object := range scaled {
				checkAsKeda(t, object)
			}
		})
	}
}

// What check prints, KEDA and Kubernetes take as it is.
func TestThePrintedScaledObject(t *testing.T) {
	redis := startRedis(t, "rotten/tomatoes")
	command := exec.Command(root+"/redis-session-scaler", "check", "--redis", redis.address(),
		"--metadata", "keyPattern=session:*", "--namespace", "shop", "--name", "web", "--print-scaledobject")
	command.Env = append(os.Environ(), "REDIS_PASSWORD=rotten/tomatoes")
	command.Stderr = os.Stderr

	out, err := command.Output()

	if err != nil {
		t.Fatal(err)
	}
	object := the[*keda.ScaledObject](t, objects(t, string(out)))
	checkAsKeda(t, object)
	if object.Name != "web" || object.Namespace != "shop" || object.Spec.ScaleTargetRef.Name != "web" {
		t.Errorf("it is %+v", object)
	}
}

// checkAsKeda checks what KEDA's types do not say but its webhook would refuse.
func checkAsKeda(t *testing.T, object *keda.ScaledObject) {
	t.Helper()
	for _, err := range []error{
		keda.ValidateTriggers(object.Spec.Triggers),
		keda.CheckReplicaCountBoundsAreValid(object),
		keda.CheckFallbackValid(object),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}
