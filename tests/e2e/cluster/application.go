package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Application is a Deployment that a ScaledObject scales. Each is in a namespace of its own.
type Application struct {
	Namespace string
	Name      string

	cluster *Cluster
	// when the step that is awaited began
	began time.Time
}

// Spec is the spec of a ScaledObject, but for what it scales.
type Spec map[string]any

// Metadata is that of a trigger.
type Metadata map[string]string

// Trigger is a trigger of a type that asks a scaler.
func Trigger(kind, address string, metadata Metadata) map[string]any {
	all := Metadata{"scalerAddress": address}
	maps.Copy(all, metadata)
	return map[string]any{"type": kind, "metricType": "AverageValue", "metadata": all}
}

// Deploy makes an application with one replica, and a ScaledObject for it.
func (c *Cluster) Deploy(t *testing.T, name string, spec Spec) *Application {
	t.Helper()
	a := c.Application(t, name)
	a.Scale(t, spec)
	return a
}

// Application makes an application with one replica that nothing scales, in a namespace of this name.
func (c *Cluster) Application(t *testing.T, name string) *Application {
	t.Helper()
	if err := errors.Join(c.CreateNamespace(name), c.Apply(deployment, name)); err != nil {
		t.Fatal(err)
	}
	return c.Deployed(name)
}

// Deployed is the application that is in a namespace already.
func (c *Cluster) Deployed(namespace string) *Application {
	return &Application{Namespace: namespace, Name: "shop", cluster: c, began: time.Now()}
}

const deployment = `
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
          resources: {requests: {cpu: 100m}}
`

// Scale applies a ScaledObject with this spec, or changes the one there is.
func (a *Application) Scale(t *testing.T, spec Spec) {
	t.Helper()
	manifest, err := a.Manifest(spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.cluster.Apply(manifest, a.Namespace); err != nil {
		t.Fatal(err)
	}
}

// Manifest is the ScaledObject in YAML.
func (a *Application) Manifest(spec Spec) (string, error) {
	all := maps.Clone(spec)
	all["scaleTargetRef"] = map[string]any{"name": a.Name}
	return inYaml(map[string]any{
		"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": map[string]any{"name": a.Name}, "spec": all,
	})
}

// Begin says that what is awaited next is the answer to what happens from now on.
func (a *Application) Begin() {
	a.began = time.Now()
}

// patience is how long a step may take. It is long since the machine may be busy, and since KEDA waits longer and longer before it asks an
// absent scaler again.
const patience = 3 * time.Minute

// Settles waits until the HPA has seen the value, and has nothing left to do: the replicas are those wanted, and the HPA, with this value
// and these replicas, wants no others. On the way there the replicas must not have gone beyond. Then the next step begins.
func (a *Application) Settles(t *testing.T, step string, replicas int, value float64) {
	t.Helper()
	a.SettlesWithin(t, patience, step, replicas, value)
}

// SettlesWithin is Settles for a step that may take longer, or less long.
func (a *Application) SettlesWithin(t *testing.T, limit time.Duration, step string, replicas int, value float64) {
	t.Helper()
	err := a.cluster.await(limit, step, func(context.Context) error { return a.isSettled(replicas, value) })
	a.saw(t, step, replicas, err)
}

// Reaches waits for a number of replicas alone.
func (a *Application) Reaches(t *testing.T, step string, replicas int) {
	t.Helper()
	err := a.cluster.await(patience, step, func(context.Context) error { return a.has(replicas) })
	a.saw(t, step, replicas, err)
}

// Holds waits until the HPA says that it cannot get the metric, and has the replicas left as they were.
func (a *Application) Holds(t *testing.T, step string, replicas int) {
	t.Helper()
	err := a.cluster.await(patience, step, func(context.Context) error {
		hpa, err := a.hpa()
		if err != nil {
			return err
		}
		for _, condition := range hpa.Status.Conditions {
			if condition.Type == autoscaling.ScalingActive && condition.Status == core.ConditionFalse {
				return a.has(replicas)
			}
		}
		return fmt.Errorf("the HPA gets the metric: %s", a.State())
	})
	a.saw(t, step, replicas, err)
}

func (a *Application) saw(t *testing.T, step string, replicas int, err error) {
	t.Helper()
	changes := a.Changes()
	seen := fmt.Sprintf("%s after %.1f s", path(changes), time.Since(a.began).Seconds())
	if err == nil {
		err = within(changes, replicas)
	}
	if err != nil {
		seen = fmt.Sprintf("%s (%v)", seen, err)
	}
	a.cluster.Saw(t, step, fmt.Sprint(replicas), seen, err == nil)
	a.Begin()
}

// HoldsThrough waits until the HPA has failed to get the metric this many times, and says what the replicas are then.
func (a *Application) HoldsThrough(t *testing.T, step string, failures, replicas int) {
	t.Helper()
	err := a.cluster.await(patience, step, func(ctx context.Context) error {
		events, err := a.cluster.Kubernetes.CoreV1().Events(a.Namespace).List(ctx, meta.ListOptions{FieldSelector: "reason=FailedGetExternalMetric"})
		if err != nil {
			return err
		}
		seen := 0
		for _, event := range events.Items {
			seen += int(max(event.Count, 1))
		}
		if seen < failures {
			return fmt.Errorf("the HPA has failed %d times", seen)
		}
		return a.has(replicas)
	})
	a.saw(t, step, replicas, err)
}

// Changes are the replicas when the step began, and all changes since.
func (a *Application) Changes() []Change {
	return a.ChangesSince(a.began)
}

// ChangesSince are the replicas at a moment, and all changes after it.
func (a *Application) ChangesSince(moment time.Time) []Change {
	return a.cluster.history.since(a.Namespace+"/"+a.Name, moment)
}

func path(changes []Change) string {
	var numbers []string
	for _, change := range changes {
		numbers = append(numbers, fmt.Sprint(change.Replicas))
	}
	return strings.Join(numbers, " → ")
}

// within is an error when the replicas went beyond where they came from and where they were to go.
func within(changes []Change, replicas int) error {
	if len(changes) == 0 {
		return nil
	}
	first := changes[0].Replicas
	for _, change := range changes {
		if change.Replicas < min(first, replicas) || change.Replicas > max(first, replicas) {
			return fmt.Errorf("%d replicas on the way", change.Replicas)
		}
	}
	return nil
}

func (a *Application) has(replicas int) error {
	deployment, err := a.cluster.history.deployments.Deployments(a.Namespace).Get(a.Name)
	if err != nil {
		return err
	}
	if int(*deployment.Spec.Replicas) != replicas || int(deployment.Status.Replicas) != replicas {
		return fmt.Errorf("%s", a.State())
	}
	return nil
}

func (a *Application) isSettled(replicas int, value float64) error {
	if err := a.has(replicas); err != nil {
		return err
	}
	if replicas == 0 {
		return nil
	}
	hpa, err := a.hpa()
	if err != nil {
		return err
	}
	wanted := int64(math.Ceil(math.Round(value*1000) / float64(replicas)))
	if int(hpa.Status.DesiredReplicas) != replicas || a.average(hpa) != wanted {
		return fmt.Errorf("%s", a.State())
	}
	return nil
}

// average is what the HPA has seen of the first metric, for each replica and in thousandths, or -1.
func (a *Application) average(hpa *autoscaling.HorizontalPodAutoscaler) int64 {
	for _, metric := range hpa.Status.CurrentMetrics {
		if metric.External != nil && metric.External.Current.AverageValue != nil && strings.HasPrefix(metric.External.Metric.Name, "s0-") {
			return metric.External.Current.AverageValue.MilliValue()
		}
	}
	return -1
}

func (a *Application) hpa() (*autoscaling.HorizontalPodAutoscaler, error) {
	return a.cluster.history.hpa(a.Namespace, "keda-hpa-"+a.Name)
}

// State says in one line what there is now.
func (a *Application) State() string {
	replicas := "no Deployment"
	if deployment, err := a.cluster.history.deployments.Deployments(a.Namespace).Get(a.Name); err == nil {
		replicas = fmt.Sprintf("%d replicas, of which %d are made", *deployment.Spec.Replicas, deployment.Status.Replicas)
	}
	hpa, err := a.hpa()
	if err != nil {
		return replicas + ", no HPA"
	}
	state := fmt.Sprintf("%s; the HPA wants %d at %.3f each", replicas, hpa.Status.DesiredReplicas, float64(a.average(hpa))/1000)
	for _, condition := range hpa.Status.Conditions {
		if condition.Status == core.ConditionFalse && condition.Type == autoscaling.ScalingActive {
			state += ", " + condition.Message
		}
	}
	return state
}

// Event waits for an event of the ScaledObject with this reason, whose text holds all of these parts, and returns the text.
func (a *Application) Event(t *testing.T, reason string, parts ...string) string {
	t.Helper()
	var found string
	err := a.cluster.await(patience, "the event "+reason, func(ctx context.Context) error {
		events, err := a.cluster.Kubernetes.EventsV1().Events(a.Namespace).List(ctx, meta.ListOptions{})
		if err != nil {
			return err
		}
		var others []string
		for _, event := range events.Items {
			if event.Reason == reason && event.Regarding.Kind == "ScaledObject" {
				if holdsAll(event.Note, parts) {
					found = event.Note
					return nil
				}
				others = append(others, event.Note)
			}
		}
		return fmt.Errorf("the events of this reason are %q", others)
	})
	seen := found
	if err != nil {
		seen = err.Error()
	}
	a.cluster.Saw(t, "event "+reason, strings.Join(parts, ", "), strings.ReplaceAll(seen, "\n", " "), err == nil)
	return found
}

// IsReady waits until KEDA has taken the ScaledObject and the HPA gets its metrics.
func (a *Application) IsReady(t *testing.T, step string) {
	t.Helper()
	err := a.cluster.await(patience, step, func(context.Context) error {
		hpa, err := a.hpa()
		if err != nil {
			return err
		}
		for _, condition := range hpa.Status.Conditions {
			if condition.Type == autoscaling.ScalingActive && condition.Status == core.ConditionTrue {
				return nil
			}
		}
		return fmt.Errorf("%s", a.State())
	})
	seen := a.State()
	if err != nil {
		seen = err.Error()
	}
	a.cluster.Saw(t, step, "the HPA gets its metrics", seen, err == nil)
}

// IsNotReady waits until the condition Ready of the ScaledObject is false for this reason. The event of that reason never comes: the
// text is too long for the API server, which refuses it.
func (a *Application) IsNotReady(t *testing.T, step, reason string) {
	t.Helper()
	var seen string
	err := a.cluster.await(patience, step, func(ctx context.Context) error {
		object, err := a.cluster.dynamic.Resource(scaledObjects).Namespace(a.Namespace).Get(ctx, a.Name, meta.GetOptions{})
		if err != nil {
			return err
		}
		conditions, _, err := unstructured.NestedSlice(object.Object, "status", "conditions")
		if err != nil {
			return err
		}
		for _, one := range conditions {
			condition := one.(map[string]any)
			if condition["type"] == "Ready" && condition["status"] == "False" && condition["reason"] == reason {
				seen = fmt.Sprint(condition["message"])
				return nil
			}
		}
		return fmt.Errorf("the conditions are %v", conditions)
	})
	if err != nil {
		seen = err.Error()
	}
	a.cluster.Saw(t, step, "Ready is false: "+reason, strings.ReplaceAll(seen, "\n", " "), err == nil)
}
