// Package scenarios tries the scaler under KEDA and HPAs that look every two seconds. Every test is a scenario, with an application, a
// Redis and a scaler of its own, so that all run side by side.
package scenarios

import (
	"testing"

	"e2e/cluster"
)

// it is the cluster that all scenarios share.
var it *cluster.Cluster

func TestMain(m *testing.M) {
	cluster.Main(m, "scenarios", cluster.QuickPace, func(c *cluster.Cluster) { it = c })
}

// The metadata key that rounds up to whole replicas.
const whole = "wholeReplicas"

// The types of triggers that ask a scaler.
var triggerTypes = []string{"external", "external-push"}

// spec is a ScaledObject with one trigger that counts by the key of cluster.Redis.Sessions, and at least one replica.
func spec(kind, address string, metadata cluster.Metadata) cluster.Spec {
	return cluster.Spec{"minReplicaCount": 1, "triggers": []any{counting(kind, address, metadata)}}
}

func counting(kind, address string, metadata cluster.Metadata) map[string]any {
	all := cluster.Metadata{"key": cluster.SessionsKey}
	for key, value := range metadata {
		all[key] = value
	}
	return cluster.Trigger(kind, address, all)
}

// with adds settings to a ScaledObject.
func with(spec cluster.Spec, more cluster.Spec) cluster.Spec {
	for key, value := range more {
		spec[key] = value
	}
	return spec
}
