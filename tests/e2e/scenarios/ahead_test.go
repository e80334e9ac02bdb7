package scenarios

import (
	"fmt"
	"testing"
	"time"

	"e2e/cluster"
)

// faster is how many times more often these HPAs look than by default. The clock of this scenario's scaler runs as many times faster, so
// that for the forecast all is as by default. Minutes below are those of that clock.
var faster = cluster.DefaultPace.Sync.Seconds() / cluster.QuickPace.Sync.Seconds()

const (
	// how long a replica takes to serve, in minutes
	startup = 2
	// sessions per replica
	size = 100
	// the rise at night and in the morning, in sessions per minute, and how many minutes it takes from one to the other
	slowly, steeply, dawning = 8.0, 60.0, 5.0
	// how long the morning is, and how long the sessions stay as they are after it, in minutes
	morning, forenoon = 20.0, 5.0
)

// A night in which the scaler learns, and a steep morning after it, for an application with lookAhead and one without.
func TestSteepMorning(t *testing.T) {
	t.Parallel()
	redis := it.StartRedis(t, "")
	redis.Sessions(t, size)
	scaler := it.StartFastScaler(t, redis, faster)
	one := func(name string, metadata cluster.Metadata) *cluster.Application {
		metadata["sessionSize"] = fmt.Sprint(size)
		return it.Deploy(t, name, with(spec("external", scaler.Address, metadata), cluster.Spec{
			"pollingInterval": 4,
			"advanced": map[string]any{"horizontalPodAutoscalerConfig": map[string]any{"behavior": map[string]any{
				"scaleUp":   map[string]any{"tolerance": "0"},
				"scaleDown": map[string]any{"tolerance": "0", "stabilizationWindowSeconds": 40},
			}}},
		}))
	}
	ahead := one("morning-ahead", cluster.Metadata{"lookAhead": fmt.Sprintf("%dm", startup)})
	plain := one("morning-plain", cluster.Metadata{})

	dusk := time.Now()
	night := func(at time.Time) float64 { return size + slowly*minutes(at.Sub(dusk)) }
	limit := dusk.Add(8 * time.Minute)
	for tick := range time.Tick(time.Second / 4) {
		redis.Sessions(t, int(night(tick)))
		if scaler.Shows(t, "redis_session_scaler_trigger_lookahead_used", ahead.Namespace, "1.0") {
			break
		}
		if tick.After(limit) {
			t.Fatalf("no forecast: %s", ahead.State())
		}
	}
	dawn := time.Now()
	sessions := func(at time.Time) float64 { return night(dawn) + risen(minutes(at.Sub(dawn))) }
	end := dawn.Add(time.Duration((morning + forenoon) / faster * float64(time.Minute)))
	for tick := range time.Tick(time.Second / 4) {
		if tick.After(end) {
			break
		}
		redis.Sessions(t, int(sessions(tick)))
	}

	without, withIt := usage(plain, sessions, dawn, end), usage(ahead, sessions, dawn, end)
	it.Saw(t, fmt.Sprintf("overloaded in a morning of %.0f minutes", morning), "with lookAhead at most a third",
		fmt.Sprintf("%.1f minutes without lookAhead, %.1f with it", without.overloaded, withIt.overloaded),
		without.overloaded > 0 && 3*withIt.overloaded <= without.overloaded)
	it.Saw(t, "replicas, mean", "with lookAhead more, but not by half",
		fmt.Sprintf("%.1f without lookAhead, %.1f with it", without.replicas, withIt.replicas),
		without.replicas < withIt.replicas && withIt.replicas < 1.5*without.replicas)
}

// minutes of the scaler's clock.
func minutes(time time.Duration) float64 {
	return time.Minutes() * faster
}

// risen is how many sessions more there are so many minutes after dawn.
func risen(minutes float64) float64 {
	minutes = min(minutes, morning)
	before := min(minutes, dawning)
	return slowly*before + (steeply-slowly)*before*before/(2*dawning) + steeply*(minutes-before)
}

type used struct {
	// minutes with more sessions than the replicas that have started can serve
	overloaded float64
	replicas   float64
}

// usage goes by the replicas that the Deployment was given. A replica serves when it has been there for its startup.
func usage(application *cluster.Application, sessions func(time.Time) float64, from, to time.Time) used {
	const step = 100 * time.Millisecond
	starts := time.Duration(startup / faster * float64(time.Minute))
	changes := application.ChangesSince(from.Add(-starts))
	var sum used
	steps := 0.0
	for at := from; at.Before(to); at = at.Add(step) {
		now, serving := 0, 0
		for n, change := range changes {
			if change.At.After(at) {
				break
			}
			now = change.Replicas
			ended := n+1 < len(changes) && !changes[n+1].At.After(at.Add(-starts))
			if !ended && (serving == 0 || change.Replicas < serving) {
				serving = change.Replicas
			}
		}
		if sessions(at) > float64(serving*size) {
			sum.overloaded += minutes(step)
		}
		sum.replicas += float64(now)
		steps++
	}
	sum.replicas /= steps
	return sum
}
