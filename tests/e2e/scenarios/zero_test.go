package scenarios

import (
	"fmt"
	"testing"

	"e2e/cluster"
)

// The first replica comes with the first session, and the last goes with the last one.
func TestScaleToZero(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name, kind string
		redis      []string
	}{
		{"by poll", "external", nil},
		{"by push", "external-push", nil},
		{"by push with keyspace events", "external-push", []string{"--notify-keyspace-events", "KEA"}},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			redis := it.StartRedis(t, "", way.redis...)
			scaler := it.StartScaler(t, redis)
			shop := it.Deploy(t, fmt.Sprintf("zero-%s-%d", way.kind, len(way.redis)),
				with(spec(way.kind, scaler.Address, cluster.Metadata{"activationSessionSize": "0"}),
					cluster.Spec{"minReplicaCount": 0, "pollingInterval": 5, "cooldownPeriod": 5}))
			shop.Reaches(t, "no session", 0)

			for round := range 3 {
				redis.Sessions(t, 1)
				shop.Reaches(t, fmt.Sprintf("SET, round %d", round+1), 1)
				redis.Sessions(t, 250)
				shop.Settles(t, fmt.Sprintf("250 sessions, round %d", round+1), 3, 250)
				redis.Sessions(t, 0)
				shop.Reaches(t, fmt.Sprintf("no session, round %d", round+1), 0)
			}
		})
	}
}
