package pace

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"e2e/cluster"
)

// A point of the day: what happens at this second, and holds until the next. Everything that looks does so within a few seconds after a
// multiple of 15, and every point is half-way between two of those, so that it does not matter which of two looks first.
type point struct {
	second   int
	sessions int
	outage   bool
}

const (
	lengthOfDay = 480
	halfWay     = 7
)

var day = []point{
	{second: 0, sessions: 90},
	{second: 30 + halfWay, sessions: 130},
	{second: 60 + halfWay, sessions: 260},
	{second: 90 + halfWay, sessions: 640},
	{second: 135 + halfWay, sessions: 1190},
	{second: 180 + halfWay, sessions: 1210},
	{second: 210 + halfWay, sessions: 760},
	{second: 240 + halfWay, sessions: 760, outage: true},
	{second: 330 + halfWay, sessions: 500},
	{second: 375 + halfWay, sessions: 0},
	{second: 450 + halfWay, sessions: 20},
}

// A day of eight minutes, in several setups side by side. Each change of the replicas comes in the simulation, too, to the same number and at
// the same look of KEDA or the HPA.
func TestDayAsSimulated(t *testing.T) {
	redis := it.StartRedis(t, "")
	scaler := it.StartScaler(t, redis)
	redis.Sessions(t, day[0].sessions)
	one := func(kind string, metadata cluster.Metadata, more cluster.Spec) cluster.Spec {
		all := cluster.Metadata{"key": cluster.SessionsKey, "sessionSize": "100"}
		for key, value := range metadata {
			all[key] = value
		}
		spec := cluster.Spec{"minReplicaCount": 1, "triggers": []any{cluster.Trigger(kind, scaler.Address, all)}}
		for key, value := range more {
			spec[key] = value
		}
		return spec
	}
	quick := func(up, down map[string]any) any {
		return map[string]any{"horizontalPodAutoscalerConfig": map[string]any{"behavior": map[string]any{"scaleUp": up, "scaleDown": down}}}
	}
	shortWindow := quick(map[string]any{"stabilizationWindowSeconds": 0}, map[string]any{"stabilizationWindowSeconds": 30})
	setups := map[string]cluster.Spec{
		"defaults": one("external", nil, nil),
		"exact": one("external", cluster.Metadata{whole: "true"}, cluster.Spec{"advanced": quick(
			map[string]any{"tolerance": "0"}, map[string]any{"tolerance": "0", "stabilizationWindowSeconds": 60})}),
		"slowly": one("external", nil, cluster.Spec{"advanced": quick(
			map[string]any{"policies": []any{map[string]any{"type": "Pods", "value": 2, "periodSeconds": 30}}},
			map[string]any{"stabilizationWindowSeconds": 0, "policies": []any{map[string]any{"type": "Percent", "value": 50, "periodSeconds": 30}}})}),
		"hold": one("external", cluster.Metadata{"onUnavailable": "hold", "holdFor": "40s"}, cluster.Spec{"advanced": shortWindow}),
		"fallback": one("external", cluster.Metadata{"onUnavailable": "error"}, cluster.Spec{"advanced": shortWindow,
			"fallback": map[string]any{"failureThreshold": 2, "replicas": 11}}),
		"zero": one("external", cluster.Metadata{"activationSessionSize": "0"}, cluster.Spec{"advanced": shortWindow,
			"minReplicaCount": 0, "cooldownPeriod": 30}),
		// The last push is up to 10 seconds old when the trigger becomes inactive: with this period it does not matter how old.
		"zero-by-push": one("external-push", cluster.Metadata{"activationSessionSize": "0"}, cluster.Spec{"advanced": shortWindow,
			"minReplicaCount": 0, "cooldownPeriod": 38}),
	}
	applications := map[string]*cluster.Application{}
	for name := range setups {
		applications[name] = it.Application(t, "day-"+name)
	}
	// From here on KEDA polls each of them every 30 seconds, and its HPA looks every 15.
	began := time.Now()
	for name, application := range applications {
		application.Scale(t, setups[name])
	}
	for name, application := range applications {
		reported := float64(day[0].sessions)
		if name == "exact" {
			reported = 100
		}
		application.Settles(t, name+", before the day", 1, reported)
	}
	dawn := began.Add(90 * time.Second)

	live(t, redis, dawn)

	curve := curve()
	for name, application := range applications {
		manifest, err := application.Manifest(setups[name])
		if err != nil {
			t.Fatal(err)
		}
		compare(t, name, it.Simulate(t, curve, manifest), untilNight(application.ChangesSince(dawn), dawn), dawn)
	}
}

// live lets the day pass.
func live(t *testing.T, redis *cluster.Redis, dawn time.Time) {
	t.Helper()
	down := false
	for _, point := range day {
		<-time.After(time.Until(dawn.Add(time.Duration(point.second) * time.Second)))
		switch {
		case point.outage:
			redis.Kill()
		case down:
			redis.Start(t)
			redis.Sessions(t, point.sessions)
		default:
			redis.Sessions(t, point.sessions)
		}
		down = point.outage
	}
	<-time.After(time.Until(dawn.Add(lengthOfDay * time.Second)))
}

// untilNight leaves out what came after the day.
func untilNight(changes []cluster.Change, dawn time.Time) []cluster.Change {
	night := dawn.Add(lengthOfDay * time.Second)
	return slices.DeleteFunc(changes, func(change cluster.Change) bool { return change.At.After(night) })
}

// curve is the day as simulate reads it. Sessions change within a second, since between two lines they are on a straight line.
func curve() string {
	var lines strings.Builder
	fmt.Fprintln(&lines, "time,sessions")
	before := ""
	for _, point := range day {
		now := fmt.Sprint(point.sessions)
		if point.outage {
			now = ""
		}
		if point.second > 0 && before != "" {
			fmt.Fprintf(&lines, "%d,%s\n", point.second-1, before)
		}
		fmt.Fprintf(&lines, "%d,%s\n", point.second, now)
		before = now
	}
	fmt.Fprintf(&lines, "%d,%s\n", lengthOfDay, before)
	return lines.String()
}

// apart is how far a change may be from the simulated one, in seconds: less than to the next look.
const apart = halfWay

func compare(t *testing.T, setup string, simulated cluster.Simulated, changes []cluster.Change, dawn time.Time) {
	t.Helper()
	wanted, seen := []string{fmt.Sprint(simulated.AtFirst)}, []string{fmt.Sprint(changes[0].Replicas)}
	right := simulated.AtFirst == changes[0].Replicas && len(simulated.Changes) == len(changes)-1
	for n, change := range simulated.Changes {
		wanted = append(wanted, fmt.Sprintf("%d at %d s", change.Replicas, change.Second))
		if n+1 < len(changes) {
			real := changes[n+1]
			late := real.At.Sub(dawn).Seconds() - float64(change.Second)
			right = right && real.Replicas == change.Replicas && -1 < late && late < apart
		}
	}
	for _, change := range changes[1:] {
		seen = append(seen, fmt.Sprintf("%d at %.1f s", change.Replicas, change.At.Sub(dawn).Seconds()))
	}
	it.Saw(t, setup, strings.Join(wanted, ", "), strings.Join(seen, ", "), right)
}

// The metadata key that rounds up to whole replicas.
const whole = "wholeReplicas"
