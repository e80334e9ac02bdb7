package scenarios

import (
	"fmt"
	"testing"

	"e2e/cluster"
)

// place is where a trigger finds its scaler: one pod, or two behind one name.
type place struct {
	pods    int
	address string
	scalers []*cluster.Scaler
}

// eachPlace tries with both types of triggers, and with one pod and with two.
func eachPlace(t *testing.T, test func(t *testing.T, kind, name string, place place)) {
	for _, kind := range triggerTypes {
		for _, pods := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s with %d pods", kind, pods), func(t *testing.T) {
				t.Parallel()
				pair := cluster.NextPair()
				at := place{pods: pods, address: pair.Name + ":6000"}
				hosts := pair.Hosts[:]
				if pods == 1 {
					at.address, hosts = pair.Hosts[0]+":6000", pair.Hosts[:1]
				}
				for _, host := range hosts {
					at.scalers = append(at.scalers, it.NewScaler(t, host))
				}
				test(t, kind, fmt.Sprintf("%s-%d", kind, pods), at)
			})
		}
	}
}

func (p place) start(t *testing.T, config string) {
	t.Helper()
	p.configure(t, config)
	for _, scaler := range p.scalers {
		scaler.Start(t)
	}
}

func (p place) configure(t *testing.T, config string) {
	t.Helper()
	for _, scaler := range p.scalers {
		scaler.Configure(t, config)
	}
}

// The application changes the target in Redis, while 400 sessions stay as they are.
func TestTargetInRedis(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, kind, name string, place place) {
		redis := it.StartRedis(t, "")
		place.start(t, "connections: {default: {address: "+redis.Address+"}}")
		redis.Sessions(t, 400)
		wholeReplicas := it.Deploy(t, "target-"+name, spec(kind, place.address,
			cluster.Metadata{"sessionSize": "100", "sessionSizeKey": "target", whole: "true"}))
		asCounted := it.Deploy(t, "target-"+name+"-as-counted", spec(kind, place.address,
			cluster.Metadata{"sessionSize": "100", "sessionSizeKey": "target"}))

		for _, step := range []struct {
			name     string
			command  []any
			replicas int
			// what is reported, with whole replicas and without
			whole, counted float64
		}{
			{"no target yet", []any{"DEL", "target"}, 4, 400, 400},
			{"raised to 1000", []any{"SET", "target", "1000"}, 1, 100, 40},
			{"lowered to 50", []any{"SET", "target", "50"}, 8, 800, 800},
			{"garbage", []any{"SET", "target", "many"}, 4, 400, 400},
			{"200", []any{"SET", "target", "200"}, 2, 200, 200},
			{"deleted", []any{"DEL", "target"}, 4, 400, 400},
			{"12.5", []any{"SET", "target", "12.5"}, 32, 3200, 3200},
			{"0", []any{"SET", "target", "0"}, 4, 400, 400},
		} {
			wholeReplicas.Begin()
			asCounted.Begin()
			redis.Do(t, step.command...)
			wholeReplicas.Settles(t, step.name+", whole replicas", step.replicas, step.whole)
			asCounted.Settles(t, step.name, step.replicas, step.counted)
		}
	})
}

// The scaler's own target changes in its configuration file, for a trigger that names none.
func TestTargetOfTheScaler(t *testing.T) {
	t.Parallel()
	eachPlace(t, func(t *testing.T, kind, name string, place place) {
		redis := it.StartRedis(t, "")
		config := func(target string) string {
			return "sessionSize: " + target + "\nconnections: {default: {address: " + redis.Address + "}}"
		}
		place.start(t, config("100"))
		redis.Sessions(t, 500)
		shop := it.Deploy(t, "scalers-target-"+name, spec(kind, place.address, cluster.Metadata{whole: "true"}))

		for _, step := range []struct {
			target   string
			replicas int
		}{{"100", 5}, {"1000", 1}, {"50", 10}, {"100", 5}} {
			place.configure(t, config(step.target))
			shop.Settles(t, "SESSION_SIZE "+step.target, step.replicas, float64(step.replicas)*100)
		}
	})
}
