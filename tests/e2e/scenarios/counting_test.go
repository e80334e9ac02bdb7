package scenarios

import (
	"fmt"
	"math"
	"testing"

	"e2e/cluster"
)

// The manifest of the original sample, as it is: every key counts, and the HPA tolerates 10 %.
func TestOriginalManifest(t *testing.T) {
	t.Parallel()
	redis := it.StartRedis(t, cluster.OriginalRedis)
	redis.Keys(t, 0)
	if err := it.Example("quick-start/shop.yaml", "shop"); err != nil {
		t.Fatal(err)
	}
	if err := it.Example("original-sample.yaml", "shop"); err != nil {
		t.Fatal(err)
	}
	it.NewScaler(t, cluster.OriginalScaler, "REDIS_ADDRESS=redis.shop:6379").Start(t)
	shop := it.Deployed("shop")

	for _, step := range []struct{ sessions, replicas int }{
		{0, 1}, {10, 1}, {100, 1}, {101, 1}, {110, 1}, {111, 2}, {250, 3}, {1000, 10}, {1010, 10}, {1101, 12},
		{1010, 11}, {1000, 11}, {250, 3}, {111, 2}, {110, 2}, {101, 2}, {100, 1}, {10, 1}, {0, 1},
	} {
		redis.Keys(t, step.sessions)
		shop.Settles(t, fmt.Sprintf("%d sessions", step.sessions), step.replicas, float64(step.sessions))
	}
}

// Whole replicas, one session around each boundary, up to 16 replicas and back.
func TestWholeReplicas(t *testing.T) {
	t.Parallel()
	for _, variant := range []struct {
		name      string
		tolerance float64
		settings  cluster.Spec
	}{
		{"with the default tolerance", 0.1, nil},
		{"with tolerance 0", 0, cluster.Spec{"advanced": map[string]any{"horizontalPodAutoscalerConfig": map[string]any{"behavior": map[string]any{
			"scaleUp":   map[string]any{"tolerance": "0"},
			"scaleDown": map[string]any{"tolerance": "0", "stabilizationWindowSeconds": 0},
		}}}}},
	} {
		t.Run(variant.name, func(t *testing.T) {
			t.Parallel()
			redis := it.StartRedis(t, "")
			scaler := it.StartScaler(t, redis)
			redis.Sessions(t, 1)
			shop := it.Deploy(t, fmt.Sprintf("whole-replicas-%.0f", variant.tolerance*10),
				with(spec("external", scaler.Address, cluster.Metadata{"sessionSize": "100", whole: "true"}), variant.settings))

			replicas := 1
			for _, sessions := range aroundEachBoundary(16) {
				value := math.Ceil(float64(sessions)/100) * 100
				replicas = byTheRuleOfTheHpa(value, 100, replicas, variant.tolerance)
				redis.Sessions(t, sessions)
				shop.Settles(t, fmt.Sprintf("%d sessions", sessions), replicas, value)
			}
		})
	}
}

// aroundEachBoundary is 101, 100, 201, 200 and so on, and the same back, so that no two neighbours make the same whole replicas: a step that
// changes nothing would be over before the HPA has looked.
func aroundEachBoundary(replicas int) []int {
	var steps []int
	for n := 1; n < replicas; n++ {
		steps = append(steps, n*100+1, n*100)
	}
	for n := replicas - 1; n > 1; n-- {
		steps = append(steps, n*100+1, (n-1)*100)
	}
	return append(steps, 101, 1)
}

// byTheRuleOfTheHpa is what the HPA makes of a metric of type AverageValue, in the arithmetic of its source.
func byTheRuleOfTheHpa(value, target float64, replicas int, tolerance float64) int {
	ratio := value * 1000 / (target * 1000 * float64(replicas))
	if 1-tolerance <= ratio && ratio <= 1+tolerance {
		return replicas
	}
	return int(math.Ceil(value / target))
}

// Sessions as Spring Session writes them, beside keys that are none.
func TestPreset(t *testing.T) {
	t.Parallel()
	redis := it.StartRedis(t, "")
	scaler := it.StartScaler(t, redis)
	shop := it.Deploy(t, "preset", cluster.Spec{"minReplicaCount": 1, "triggers": []any{
		cluster.Trigger("external", scaler.Address, cluster.Metadata{"preset": "spring-session", "sessionSize": "100"}),
	}})

	for _, step := range []struct{ sessions, replicas int }{{250, 3}, {540, 6}, {90, 1}} {
		redis.SpringSessions(t, step.sessions)
		redis.Do(t, "SET", "spring:session:sessions:expires:something", "else")
		shop.Settles(t, fmt.Sprintf("%d sessions of Spring Session", step.sessions), step.replicas, float64(step.sessions))
	}
}

// A trigger names an environment variable of the application's container, which KEDA resolves.
func TestTargetFromTheEnvironmentOfTheApplication(t *testing.T) {
	t.Parallel()
	redis := it.StartRedis(t, "")
	scaler := it.StartScaler(t, redis)
	redis.Sessions(t, 250)
	if err := it.CreateNamespace("from-env"); err != nil {
		t.Fatal(err)
	}
	if err := it.Apply(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: shop
          image: shop
          env: [{name: SESSIONS, value: "50"}]
`, "from-env"); err != nil {
		t.Fatal(err)
	}
	shop := it.Deployed("from-env")
	shop.Scale(t, spec("external", scaler.Address, cluster.Metadata{"sessionSizeFromEnv": "SESSIONS"}))

	shop.Settles(t, "250 sessions at 50 each", 5, 250)
}
