package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"e2e/cluster"
)

// page is what the scaler's page knows of one trigger.
type page struct {
	Replicas   int
	Presumed   bool `json:"replicasPresumed"`
	Condition  string
	Kubernetes struct {
		Hpa struct {
			CurrentReplicas, DesiredReplicas, MinReplicas, MaxReplicas int
		}
		ScaledObject struct {
			Triggers         []string
			Paused           string
			UsesFallback     bool
			FallbackReplicas int
		}
		Remarks []string
	}
	Events []struct{ Kind, Text string }
}

// pageOf asks the scaler for the trigger of an application, with its events.
func pageOf(scaler *cluster.Scaler, application *cluster.Application) (page, error) {
	host := strings.TrimSuffix(scaler.Address, ":6000") + ":8080"
	var status struct {
		Triggers []struct {
			page
			Namespace, Name, Trigger string
		}
	}
	ask := func(parameters url.Values) error {
		response, err := http.Get("http://" + host + "/api/status?" + parameters.Encode())
		if err != nil {
			return err
		}
		defer response.Body.Close()
		return json.NewDecoder(response.Body).Decode(&status)
	}
	parameters := url.Values{"search": {application.Namespace + "/"}}
	if err := ask(parameters); err != nil {
		return page{}, err
	}
	if len(status.Triggers) == 0 {
		return page{}, fmt.Errorf("no trigger of %s", application.Namespace)
	}
	one := status.Triggers[0]
	parameters.Set("open", one.Namespace+"/"+one.Name+"/"+one.Trigger)
	err := ask(parameters)
	return status.Triggers[0].page, err
}

// The page shows what the HPA and the ScaledObject say, as a service account with the chart's permissions reads it.
func TestActualReplicas(t *testing.T) {
	t.Parallel()
	redis := it.StartRedis(t, "")
	redis.Sessions(t, 300)
	shows := func(scaler *cluster.Scaler, application *cluster.Application, step, wanted string, right func(page) bool) {
		t.Helper()
		var seen page
		err := it.Await(time.Minute, step, func(context.Context) error {
			var err error
			if seen, err = pageOf(scaler, application); err != nil {
				return err
			}
			if !right(seen) {
				return fmt.Errorf("%+v", seen)
			}
			return nil
		})
		text := fmt.Sprintf("%d replicas, %s", seen.Replicas, seen.Condition)
		if err != nil {
			text = err.Error()
		}
		it.Saw(t, step, wanted, text, err == nil)
	}
	shop := it.Application(t, "actual-replicas")
	scaler := it.NewScaler(t, "", "REDIS_ADDRESS="+redis.Address, "KUBERNETES_WATCH=true",
		"KUBERNETES_CONFIG_FILE="+it.Reader(t, shop.Namespace, shop.Namespace), "KUBERNETES_NAMESPACES="+shop.Namespace)
	scaler.Start(t)
	limited := with(spec("external", scaler.Address, cluster.Metadata{"onUnavailable": "error"}),
		cluster.Spec{"maxReplicaCount": 5, "fallback": map[string]any{"failureThreshold": 1, "replicas": 2}})
	shop.Scale(t, limited)
	shop.Settles(t, "300 sessions", 3, 300)
	shows(scaler, shop, "300 sessions, the page", "3 replicas, between 1 and 5", func(seen page) bool {
		hpa := seen.Kubernetes.Hpa
		return !seen.Presumed && seen.Replicas == 3 && hpa.CurrentReplicas == 3 && hpa.DesiredReplicas == 3 &&
			hpa.MinReplicas == 1 && hpa.MaxReplicas == 5 && seen.Condition == "fine"
	})

	redis.Sessions(t, 900)
	shop.Reaches(t, "900 sessions, at most 5 replicas", 5)
	shows(scaler, shop, "900 sessions, the page", "5 replicas, above_max, and an event of the HPA", func(seen page) bool {
		rescaled := false
		for _, event := range seen.Events {
			rescaled = rescaled || event.Kind == "kubernetes" && strings.HasPrefix(event.Text, "HPA, SuccessfulRescale")
		}
		return seen.Replicas == 5 && seen.Condition == "above_max" && rescaled
	})

	redis.Kill()
	shop.Reaches(t, "Redis killed, fallback", 2)
	shows(scaler, shop, "Redis killed, the page", "2 replicas, error, and the fallback", func(seen page) bool {
		return seen.Replicas == 2 && seen.Condition == "error" && seen.Kubernetes.ScaledObject.UsesFallback &&
			seen.Kubernetes.ScaledObject.FallbackReplicas == 2
	})
	redis.Start(t)
	redis.Sessions(t, 400)
	shop.Settles(t, "400 sessions", 4, 400)

	shop.Annotate(t, "autoscaling.keda.sh/paused-replicas", "1")
	shop.Reaches(t, "paused", 1)
	shows(scaler, shop, "paused, the page", "1 replica, and the pause", func(seen page) bool {
		return !seen.Presumed && seen.Replicas == 1 && seen.Kubernetes.ScaledObject.Paused == "scaling"
	})
}
