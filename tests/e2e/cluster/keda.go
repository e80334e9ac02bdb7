package cluster

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var scaledObjects = schema.GroupVersionResource{Group: "keda.sh", Version: "v1alpha1", Resource: "scaledobjects"}

// startKeda installs KEDA out of the folder of its module and starts its three programs.
func (c *Cluster) startKeda(module string) error {
	if err := c.CreateNamespace("keda"); err != nil {
		return err
	}
	definitions, err := filepath.Glob(filepath.Join(module, "config/crd/bases/*.yaml"))
	if err != nil || len(definitions) == 0 {
		return fmt.Errorf("no definitions in %s: %w", module, err)
	}
	if err := c.Define(definitions...); err != nil {
		return err
	}
	env := []string{"GODEBUG=netdns=go", "KUBECONFIG=" + c.kubeconfig, "WATCH_NAMESPACE=", "POD_NAMESPACE=keda", "KEDA_CLUSTER_OBJECT_NAMESPACE=keda"}
	if err := c.launch("keda-operator", env, "operator",
		"--leader-elect=false", "--enable-cert-rotation=false", "--cert-dir="+c.identities.server,
		"--metrics-bind-address=0", "--health-probe-bind-address=127.0.0.1:8081",
		"--metrics-service-bind-address="+metricsServer,
		"--kube-api-qps=200", "--kube-api-burst=400", "--zap-encoder=console",
	); err != nil {
		return err
	}
	if err := c.launch("keda-adapter", env, "adapter",
		fmt.Sprintf("--secure-port=%d", adapterPort), "--port=8090",
		"--tls-cert-file="+c.identities.server+"/tls.crt", "--tls-private-key-file="+c.identities.server+"/tls.key",
		"--cert-dir="+c.identities.server, "--client-ca-file="+c.identities.server+"/ca.crt",
		"--lister-kubeconfig="+c.kubeconfig, "--authentication-kubeconfig="+c.kubeconfig, "--authorization-kubeconfig="+c.kubeconfig,
		"--metrics-service-address="+metricsServer, "--metrics-service-grpc-authority=localhost",
		"--kube-api-qps=200", "--kube-api-burst=400",
	); err != nil {
		return err
	}
	if err := c.launch("keda-webhooks", env, "webhooks",
		"--cert-dir="+c.identities.server, fmt.Sprintf("--port=%d", webhooksPort),
		"--metrics-bind-address=0", "--health-probe-bind-address=127.0.0.1:8092", "--zap-encoder=console",
		// A Deployment that was applied a moment before is not in its cache yet.
		"--cache-miss-to-direct-client",
	); err != nil {
		return err
	}
	if err := c.serveExternalMetrics(); err != nil {
		return err
	}
	return c.callWebhooks(filepath.Join(module, "config/webhooks/validation_webhooks.yaml"))
}

// serveExternalMetrics makes the adapter a part of the API: its Service is a name for this machine.
func (c *Cluster) serveExternalMetrics() error {
	service := &core.Service{
		ObjectMeta: meta.ObjectMeta{Name: "keda-metrics-apiserver", Namespace: "keda"},
		Spec:       core.ServiceSpec{Type: core.ServiceTypeExternalName, ExternalName: "localhost"},
	}
	if _, err := c.Kubernetes.CoreV1().Services("keda").Create(context.Background(), service, meta.CreateOptions{}); err != nil {
		return err
	}
	err := c.apply(&unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1",
		"kind":       "APIService",
		"metadata":   map[string]any{"name": "v1beta1.external.metrics.k8s.io"},
		"spec": map[string]any{
			"group": "external.metrics.k8s.io", "version": "v1beta1",
			"groupPriorityMinimum": int64(100), "versionPriority": int64(100),
			"caBundle": base64.StdEncoding.EncodeToString([]byte(c.identities.authority.PEM)),
			"service":  map[string]any{"name": "keda-metrics-apiserver", "namespace": "keda", "port": int64(adapterPort)},
		},
	}}, "")
	if err != nil {
		return err
	}
	return c.await(time.Minute, "the API has external metrics", func(ctx context.Context) error {
		return c.Kubernetes.Discovery().RESTClient().Get().AbsPath("/apis/external.metrics.k8s.io/v1beta1").Do(ctx).Error()
	})
}

// callWebhooks makes the API server ask KEDA's webhooks by address, and insist on an answer.
func (c *Cluster) callWebhooks(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	objects, err := parse(string(text))
	if err != nil {
		return err
	}
	for _, object := range objects {
		webhooks, _, err := unstructured.NestedSlice(object.Object, "webhooks")
		if err != nil {
			return err
		}
		for _, one := range webhooks {
			webhook := one.(map[string]any)
			path, _, err := unstructured.NestedString(webhook, "clientConfig", "service", "path")
			if err != nil {
				return err
			}
			webhook["failurePolicy"] = "Fail"
			webhook["clientConfig"] = map[string]any{
				"url":      fmt.Sprintf("https://localhost:%d%s", webhooksPort, path),
				"caBundle": base64.StdEncoding.EncodeToString([]byte(c.identities.authority.PEM)),
			}
		}
		if err := unstructured.SetNestedSlice(object.Object, webhooks, "webhooks"); err != nil {
			return err
		}
		if err := c.apply(object, ""); err != nil {
			return err
		}
	}
	// Once they refuse what only they can refuse, the API server asks them.
	return c.await(time.Minute, "KEDA's webhooks answer", func(ctx context.Context) error {
		trigger := map[string]any{"type": "external", "name": "twice", "metadata": map[string]any{"scalerAddress": "nowhere:1"}}
		invalid := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": map[string]any{"name": "invalid", "namespace": "keda"},
			"spec": map[string]any{"scaleTargetRef": map[string]any{"name": "nothing"}, "triggers": []any{trigger, trigger}},
		}}
		_, err := c.dynamic.Resource(scaledObjects).Namespace("keda").Create(ctx, invalid, meta.CreateOptions{DryRun: []string{meta.DryRunAll}})
		if err == nil {
			return errors.New("a ScaledObject with two triggers of one name is taken")
		}
		if !refusedByWebhook(err) {
			return err
		}
		return nil
	})
}
