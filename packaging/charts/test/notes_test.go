package charttest

import (
	"regexp"
	"strings"
	"testing"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
)

// scaledObject is the one that helm prints after an installation.
func scaledObject(t *testing.T, values ...string) *keda.ScaledObject {
	t.Helper()
	out := install(t, values...)
	object := the[*keda.ScaledObject](t, objects(t, regexp.MustCompile(`(?s)apiVersion: keda\.sh.*?\n\n`).FindString(out)))
	checkAsKeda(t, object)
	return object
}

// install is what helm prints for an installation.
func install(t *testing.T, values ...string) string {
	t.Helper()
	out, err := runHelm(t, append([]string{"install", release, chart, "--namespace", namespace, "--dry-run=client"}, flags(values)...)...)
	if err != nil {
		t.Fatal(out)
	}
	return out
}

// Rounding up to whole replicas overcomes the HPA's tolerance up to ten replicas, so the notes promise no more.
func TestTheNotesPromiseWholeReplicasAsFarAsTheyHold(t *testing.T) {
	if most := *scaledObject(t, oneConnection).Spec.MaxReplicaCount; most > 10 {
		t.Errorf("wholeReplicas does not hold up to %d replicas", most)
	}
	if out := install(t, oneConnection); !strings.Contains(out, "up to 10; beyond, the HPA's tolerance applies") {
		t.Errorf("the limit of wholeReplicas is not in the notes: %s", out)
	}
}

func TestTheNotesNameTheNamespacesOfTheNetworkPolicyIfThereIsOne(t *testing.T) {
	if out := install(t, oneConnection); strings.Contains(out, "networkPolicy") {
		t.Errorf("the notes describe a NetworkPolicy that is not installed: %s", out)
	}
	out := install(t, oneConnection, "networkPolicy.enabled=true", "networkPolicy.kedaNamespace=autoscaling")
	if !strings.Contains(out, "only pods of the namespace autoscaling call") || !strings.Contains(out, "kubectl -n autoscaling run") {
		t.Errorf("the namespace of KEDA is not in the notes: %s", out)
	}
}

// What the notes print can be run as it is, whatever is installed.
func TestTheCheckOfTheNotesFitsWhatIsInstalled(t *testing.T) {
	for _, installation := range []struct {
		values  []string
		options string
	}{
		{[]string{oneConnection}, " --metadata=preset=spring-session\n"},
		{[]string{"connections.apps.address=redis:6379"}, " --metadata=connection=apps --metadata=preset=spring-session\n"},
		{[]string{oneConnection, "connections.default.namespaces={shop,web}"}, " --namespace=shop --metadata=preset=spring-session\n"},
		{[]string{oneConnection, "tls.enabled=true", "tls.secretName=tls"}, " --tls --metadata=preset=spring-session\n"},
		{[]string{"existingConfigMap=mine"}, " --metadata=preset=spring-session\n"},
	} {
		if out := install(t, installation.values...); !strings.Contains(out, "check --scaler=redis-session-scaler.keda:6000"+installation.options) {
			t.Errorf("with %s, the notes do not print a check with%s: %s", installation.values, installation.options, out)
		}
	}
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
