package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	authentication "k8s.io/api/authentication/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// The permissions that the chart's kubernetes.watch grants.
const reading = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
  - {apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [get, list, watch]}
  - {apiGroups: [keda.sh], resources: [scaledobjects], verbs: [get, list, watch]}
  - {apiGroups: [""], resources: [events], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: reader, namespace: %s}]
`

// Reader makes a service account in the namespace that may read what the scaler needs in all of these namespaces, and returns the
// kubeconfig file of that account.
func (c *Cluster) Reader(t *testing.T, namespace string, namespaces ...string) string {
	t.Helper()
	account := &core.ServiceAccount{ObjectMeta: meta.ObjectMeta{Name: "reader"}}
	accounts := c.Kubernetes.CoreV1().ServiceAccounts(namespace)
	if _, err := accounts.Create(context.Background(), account, meta.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, one := range namespaces {
		if err := c.Apply(fmt.Sprintf(reading, namespace), one); err != nil {
			t.Fatal(err)
		}
	}
	token, err := accounts.CreateToken(context.Background(), "reader", &authentication.TokenRequest{}, meta.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.LoadFromFile(c.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	for name := range config.AuthInfos {
		config.AuthInfos[name] = &api.AuthInfo{Token: token.Status.Token}
	}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Annotate sets an annotation of the ScaledObject.
func (a *Application) Annotate(t *testing.T, name, value string) {
	t.Helper()
	patch := fmt.Sprintf(`{"metadata": {"annotations": {%q: %q}}}`, name, value)
	_, err := a.cluster.dynamic.Resource(scaledObjects).Namespace(a.Namespace).Patch(
		context.Background(), a.Name, types.MergePatchType, []byte(patch), meta.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
}
