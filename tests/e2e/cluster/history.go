package cluster

import (
	"errors"
	"sync"
	"time"

	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	appslister "k8s.io/client-go/listers/apps/v1"
	autoscalinglister "k8s.io/client-go/listers/autoscaling/v2"
	"k8s.io/client-go/tools/cache"
)

// Change is a number of replicas that a Deployment was given, and when.
type Change struct {
	At       time.Time
	Replicas int
}

// history remembers every change of every Deployment's replicas.
type history struct {
	deployments appslister.DeploymentLister
	hpas        autoscalinglister.HorizontalPodAutoscalerLister
	stop        chan struct{}

	mutex   sync.Mutex
	changes map[string][]Change
}

func watch(client kubernetes.Interface) (*history, error) {
	factory := informers.NewSharedInformerFactory(client, 0)
	h := &history{stop: make(chan struct{}), changes: map[string][]Change{}}
	h.deployments = factory.Apps().V1().Deployments().Lister()
	h.hpas = factory.Autoscaling().V2().HorizontalPodAutoscalers().Lister()
	_, err := factory.Apps().V1().Deployments().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { h.add(object.(*apps.Deployment)) },
		UpdateFunc: func(_, object any) { h.add(object.(*apps.Deployment)) },
	})
	if err != nil {
		return nil, err
	}
	// Asking for it makes the factory start it.
	factory.Autoscaling().V2().HorizontalPodAutoscalers().Informer()
	factory.Start(h.stop)
	for kind, synced := range factory.WaitForCacheSync(h.stop) {
		if !synced {
			return nil, errors.New("no list of " + kind.String())
		}
	}
	return h, nil
}

func (h *history) add(deployment *apps.Deployment) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	key, replicas := deployment.Namespace+"/"+deployment.Name, int(*deployment.Spec.Replicas)
	known := h.changes[key]
	if len(known) == 0 || known[len(known)-1].Replicas != replicas {
		h.changes[key] = append(known, Change{At: time.Now(), Replicas: replicas})
	}
}

// since returns what the replicas were at a moment, and every change after it.
func (h *history) since(key string, moment time.Time) []Change {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	changes := h.changes[key]
	first := 0
	for n, change := range changes {
		if !change.At.After(moment) {
			first = n
		}
	}
	return append([]Change{}, changes[first:]...)
}

func (h *history) hpa(namespace, name string) (*autoscaling.HorizontalPodAutoscaler, error) {
	return h.hpas.HorizontalPodAutoscalers(namespace).Get(name)
}
