package charttest

import (
	"regexp"
	"testing"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
)

// scaledObject is the one that helm prints after an installation.
func scaledObject(t *testing.T, values ...string) *keda.ScaledObject {
	t.Helper()
	out, err := runHelm(t, append([]string{"install", release, chart, "--namespace", namespace, "--dry-run=client"}, flags(values)...)...)
	if err != nil {
		t.Fatal(out)
	}
	object := the[*keda.ScaledObject](t, objects(t, regexp.MustCompile(`(?s)apiVersion: keda\.sh.*?\n\n`).FindString(out)))
	checkAsKeda(t, object)
	return object
}

func TestTheScaledObjectOfTheNotesFitsWhatIsInstalled(t *testing.T) {
	trigger := scaledObject(t, everything).Spec.Triggers[0]

	if trigger.Metadata["scalerAddress"] != "redis-session-scaler.keda:6000" {
		t.Errorf("KEDA is led to %s", trigger.Metadata["scalerAddress"])
	}
	if trigger.Metadata["enableTLS"] != "true" || trigger.AuthenticationRef == nil {
		t.Error("TLS is missing")
	}
	if connection, given := trigger.Metadata["connection"]; given {
		t.Errorf("the connection default is called %s", connection)
	}
	if plain := scaledObject(t, oneConnection).Spec.Triggers[0]; plain.Metadata["enableTLS"] != "" || plain.AuthenticationRef != nil {
		t.Error("TLS to a scaler that speaks none")
	}
	if named := scaledObject(t, "connections.apps.address=redis:6379").Spec.Triggers[0]; named.Metadata["connection"] != "apps" {
		t.Error("the only connection is not named")
	}
}
