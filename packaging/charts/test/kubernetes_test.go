package charttest

import (
	"slices"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func variables(t *testing.T, objects []runtime.Object) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, variable := range container(t, objects).Env {
		found[variable.Name] = variable.Value
	}
	return found
}

func TestByDefaultTheKubernetesApiIsNotRead(t *testing.T) {
	objects := objects(t, template(t, oneConnection))

	if len(all[*rbac.ClusterRole](objects))+len(all[*rbac.Role](objects))+len(all[*rbac.ClusterRoleBinding](objects)) != 0 {
		t.Error("there are roles")
	}
	if _, found := variables(t, objects)["KUBERNETES_WATCH"]; found {
		t.Error("KUBERNETES_WATCH is set")
	}
}

func TestTheKubernetesApiIsReadInAllNamespaces(t *testing.T) {
	objects := objects(t, template(t, oneConnection, "kubernetes.watch=true"))

	role := the[*rbac.ClusterRole](t, objects)
	binding := the[*rbac.ClusterRoleBinding](t, objects)
	account := the[*core.ServiceAccount](t, objects)
	if role.Namespace != "" || binding.RoleRef.Name != role.Name || binding.RoleRef.Kind != "ClusterRole" {
		t.Errorf("the binding is to %v, the role is %s/%s", binding.RoleRef, role.Namespace, role.Name)
	}
	if subject := binding.Subjects[0]; subject.Name != account.Name || subject.Namespace != namespace {
		t.Errorf("the subject is %v", subject)
	}
	for _, rule := range role.Rules {
		for _, verb := range rule.Verbs {
			if !slices.Contains([]string{"get", "list", "watch"}, verb) {
				t.Errorf("the role allows to %s %v", verb, rule.Resources)
			}
		}
	}
	if !*the[*apps.Deployment](t, objects).Spec.Template.Spec.AutomountServiceAccountToken {
		t.Error("there is no token")
	}
	if variables(t, objects)["KUBERNETES_WATCH"] != "true" {
		t.Error("KUBERNETES_WATCH is not set")
	}
}

func TestTheKubernetesApiIsReadInSomeNamespaces(t *testing.T) {
	objects := objects(t, template(t, oneConnection, "kubernetes.watch=true", "kubernetes.namespaces={shop,blog}"))

	if len(all[*rbac.ClusterRole](objects))+len(all[*rbac.ClusterRoleBinding](objects)) != 0 {
		t.Error("there is a ClusterRole")
	}
	var roles, bindings []string
	for _, role := range all[*rbac.Role](objects) {
		roles = append(roles, role.Namespace)
	}
	for _, binding := range all[*rbac.RoleBinding](objects) {
		bindings = append(bindings, binding.Namespace)
	}
	if expected := []string{"shop", "blog"}; !slices.Equal(slices.Sorted(slices.Values(roles)), slices.Sorted(slices.Values(expected))) ||
		!slices.Equal(roles, bindings) {
		t.Errorf("the roles are in %v, the bindings in %v", roles, bindings)
	}
	if found := variables(t, objects)["KUBERNETES_NAMESPACES"]; found != "shop,blog" {
		t.Errorf("KUBERNETES_NAMESPACES is %q", found)
	}
}
