package scenarios

import (
	"testing"

	"e2e/cluster"
)

// A typing error in the only trigger: KEDA shows what is wrong, and the log of the scaler names the ScaledObject.
func TestInvalidTriggerAlone(t *testing.T) {
	t.Parallel()
	for _, kind := range triggerTypes {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			redis := it.StartRedis(t, "")
			scaler := it.StartScaler(t, redis)
			redis.Sessions(t, 250)
			shop := it.Deploy(t, "bad-"+kind, spec(kind, scaler.Address, cluster.Metadata{"sesionSize": "100"}))

			shop.Event(t, "KEDAScalerFailed", "sesionSize", "sessionSize")
			shop.Holds(t, "with the error", 1)
			scaler.Logs(t, "WARN", "bad-"+kind, "sesionSize")

			shop.Scale(t, spec(kind, scaler.Address, cluster.Metadata{"sessionSize": "100"}))
			shop.Settles(t, "without it, 250 sessions", 3, 250)
		})
	}
}

// The same beside a good trigger, which goes on scaling out. The HPA does not scale in while one of its metrics fails.
func TestInvalidTriggerBesideAValidOne(t *testing.T) {
	t.Parallel()
	redis := it.StartRedis(t, "")
	scaler := it.StartScaler(t, redis)
	redis.Sessions(t, 250)
	good := counting("external", scaler.Address, cluster.Metadata{"sessionSize": "100"})
	bad := counting("external", scaler.Address, cluster.Metadata{"sesionSize": "100", "metricName": "bad"})
	shop := it.Deploy(t, "bad-beside-good", cluster.Spec{"minReplicaCount": 1, "triggers": []any{good, bad}})

	shop.Settles(t, "250 sessions", 3, 250)
	shop.Event(t, "KEDAScalerFailed", "sesionSize")
	redis.Sessions(t, 450)
	shop.Settles(t, "450 sessions", 5, 450)
	redis.Sessions(t, 150)
	shop.Holds(t, "150 sessions, with the error", 5)

	shop.Scale(t, cluster.Spec{"minReplicaCount": 1, "triggers": []any{good}})
	shop.Settles(t, "150 sessions, without it", 2, 150)
}
