package scenarios

import (
	"testing"

	"e2e/cluster"
)

// Redis is unavailable, killed and then paused, under each onUnavailable, with and without KEDA's fallback.
func TestRedisUnavailable(t *testing.T) {
	t.Parallel()
	redis := it.StartRedis(t, "")
	scaler := it.StartScaler(t, redis)
	redis.Sessions(t, 500)
	fallback := cluster.Spec{"fallback": map[string]any{"failureThreshold": 3, "replicas": 7}}
	deploy := func(name string, metadata cluster.Metadata, more cluster.Spec) *cluster.Application {
		return it.Deploy(t, "outage-"+name, with(spec("external", scaler.Address, metadata), more))
	}
	minimum := deploy("minimum", cluster.Metadata{"onUnavailable": "minimum"}, nil)
	minimumFallback := deploy("minimum-fallback", cluster.Metadata{"onUnavailable": "minimum"}, fallback)
	hold := deploy("hold", cluster.Metadata{"onUnavailable": "hold", "holdFor": "45s"}, nil)
	holdFallback := deploy("hold-fallback", cluster.Metadata{"onUnavailable": "hold", "holdFor": "45s"}, fallback)
	fails := deploy("error", cluster.Metadata{"onUnavailable": "error"}, nil)
	failsFallback := deploy("error-fallback", cluster.Metadata{"onUnavailable": "error"}, fallback)
	all := map[string]*cluster.Application{
		"minimum": minimum, "minimum with fallback": minimumFallback, "hold": hold, "hold with fallback": holdFallback,
		"error": fails, "error with fallback": failsFallback,
	}
	begin := func() {
		for _, application := range all {
			application.Begin()
		}
	}
	back := func(step string) {
		for name, application := range all {
			application.Settles(t, name+", "+step, 5, 500)
		}
	}
	back("500 sessions")

	for _, outage := range []struct {
		name string
		down func()
		up   func()
	}{
		{"killed", func() { redis.Kill() }, func() { redis.Start(t) }},
		{"paused", func() { redis.Pause() }, func() { redis.Resume() }},
	} {
		begin()
		outage.down()
		minimum.Settles(t, "minimum, "+outage.name, 1, 0)
		minimumFallback.Settles(t, "minimum with fallback, "+outage.name, 1, 0)
		fails.Holds(t, "error, "+outage.name, 5)
		failsFallback.Reaches(t, "error with fallback, "+outage.name, 7)
		hold.Settles(t, "hold, "+outage.name+", at first", 5, 500)
		holdFallback.Settles(t, "hold with fallback, "+outage.name+", at first", 5, 500)
		hold.Settles(t, "hold, "+outage.name+", after holdFor", 1, 0)
		holdFallback.Settles(t, "hold with fallback, "+outage.name+", after holdFor", 1, 0)

		begin()
		outage.up()
		back("no longer " + outage.name)
	}
}

// The scaler itself is not there: the HPA leaves the replicas as they are, and KEDA's fallback does not take over.
func TestScalerUnavailable(t *testing.T) {
	t.Parallel()
	for _, kind := range triggerTypes {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			redis := it.StartRedis(t, "")
			scaler := it.StartScaler(t, redis)
			redis.Sessions(t, 500)
			plain := it.Deploy(t, "scaler-"+kind, spec(kind, scaler.Address, nil))
			fallback := it.Deploy(t, "scaler-"+kind+"-fallback", with(spec(kind, scaler.Address, nil),
				cluster.Spec{"fallback": map[string]any{"failureThreshold": 3, "replicas": 9}}))
			settle := func(step string, replicas int) {
				plain.Settles(t, step, replicas, float64(replicas)*100)
				fallback.Settles(t, step+", with fallback", replicas, float64(replicas)*100)
			}
			settle("500 sessions", 5)

			plain.Begin()
			fallback.Begin()
			scaler.Stop()
			plain.Holds(t, "stopped", 5)
			fallback.HoldsThrough(t, "stopped, with fallback", 6, 5)
			redis.Sessions(t, 700)
			scaler.Start(t)
			settle("started again, 700 sessions", 7)

			scaler.Kill()
			plain.Holds(t, "killed", 7)
			fallback.Holds(t, "killed, with fallback", 7)
			redis.Sessions(t, 300)
			scaler.Start(t)
			settle("started again, 300 sessions", 3)
		})
	}
}

// A ScaledObject is there before its scaler.
func TestLateScaler(t *testing.T) {
	t.Parallel()
	for _, kind := range triggerTypes {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			redis := it.StartRedis(t, "")
			redis.Sessions(t, 300)
			scaler := it.NewScaler(t, "", "REDIS_ADDRESS="+redis.Address)
			shop := it.Deploy(t, "late-"+kind, spec(kind, scaler.Address, nil))
			shop.IsNotReady(t, "no scaler yet", "ScaledObjectCheckFailed")
			shop.Reaches(t, "no scaler yet", 1)

			scaler.Start(t)

			shop.Settles(t, "the scaler is there, 300 sessions", 3, 300)
		})
	}
}

// Two scalers behind one name, one of which ends.
func TestTwoScalersBehindOneName(t *testing.T) {
	t.Parallel()
	for _, kind := range triggerTypes {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			redis := it.StartRedis(t, "")
			pair := cluster.NextPair()
			var scalers []*cluster.Scaler
			for _, host := range pair.Hosts {
				scaler := it.NewScaler(t, host, "REDIS_ADDRESS="+redis.Address)
				scaler.Start(t)
				scalers = append(scalers, scaler)
			}
			redis.Sessions(t, 500)
			shop := it.Deploy(t, "two-"+kind, spec(kind, pair.Name+":6000", nil))
			shop.Settles(t, "both, 500 sessions", 5, 500)

			scalers[0].Stop()
			redis.Sessions(t, 700)
			shop.Settles(t, "the first stopped, 700 sessions", 7, 700)

			scalers[0].Start(t)
			redis.Sessions(t, 600)
			shop.Settles(t, "both again, 600 sessions", 6, 600)
		})
	}
}
