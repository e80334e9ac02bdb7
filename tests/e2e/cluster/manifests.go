package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	k8syaml "sigs.k8s.io/yaml"
)

// parse reads the objects of a YAML file with any number of documents.
func parse(text string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
}

// Example applies a file of examples/, in a namespace of its own in place of shop, and with some texts replaced.
func (c *Cluster) Example(file, namespace string, replaced ...string) error {
	text, err := os.ReadFile(filepath.Join(root, "examples", file))
	if err != nil {
		return err
	}
	objects, err := parse(strings.NewReplacer(replaced...).Replace(string(text)))
	if err != nil {
		return err
	}
	for _, object := range objects {
		switch {
		case object.GetNamespace() == "shop":
			object.SetNamespace(namespace)
		case object.GetKind() == "Namespace":
			object.SetName(namespace)
		}
		if err := c.apply(object, namespace); err != nil {
			return fmt.Errorf("%s, %s %s: %w", file, object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// Apply applies the objects of a manifest as kubectl apply --server-side --validate=strict does: an unknown field is an error. An
// object that names no namespace comes into the one given.
func (c *Cluster) Apply(manifest, namespace string) error {
	objects, err := parse(manifest)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := c.apply(object, namespace); err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

func (c *Cluster) apply(object *unstructured.Unstructured, namespace string) error {
	resource, err := c.resource(object, namespace)
	if err != nil {
		return err
	}
	json, err := object.MarshalJSON()
	if err != nil {
		return err
	}
	force := true
	_, err = resource.Patch(context.Background(), object.GetName(), types.ApplyPatchType, json,
		metav1.PatchOptions{FieldManager: "e2e", Force: &force, FieldValidation: metav1.FieldValidationStrict})
	return err
}

// resource is where objects of this kind are, in the object's namespace.
func (c *Cluster) resource(object *unstructured.Unstructured, namespace string) (dynamic.ResourceInterface, error) {
	kind := object.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return c.dynamic.Resource(mapping.Resource), nil
	}
	if object.GetNamespace() != "" {
		namespace = object.GetNamespace()
	}
	return c.dynamic.Resource(mapping.Resource).Namespace(namespace), nil
}

// Define applies files with definitions of kinds, and returns when discovery has every one of these kinds: who asks for them once, as KEDA's
// webhooks do when they start, must not ask too early.
func (c *Cluster) Define(files ...string) error {
	var kinds []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		objects, err := parse(string(text))
		if err != nil {
			return err
		}
		for _, object := range objects {
			if err := c.apply(object, ""); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			kind, _, err := unstructured.NestedString(object.Object, "spec", "names", "kind")
			if err != nil {
				return err
			}
			kinds = append(kinds, kind)
		}
	}
	return c.await(time.Minute, "the new kinds are known", func(context.Context) error { return c.knows(kinds) })
}

// knows is an error while one of these kinds is not in the API's discovery.
func (c *Cluster) knows(kinds []string) error {
	_, lists, err := c.Kubernetes.Discovery().ServerGroupsAndResources()
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, list := range lists {
		for _, resource := range list.APIResources {
			known[resource.Kind] = true
		}
	}
	for _, kind := range kinds {
		if !known[kind] {
			return fmt.Errorf("there is no kind %s", kind)
		}
	}
	c.mapper.Reset()
	return nil
}

// CreateNamespace makes a namespace, unless it is there.
func (c *Cluster) CreateNamespace(name string) error {
	namespace := &core.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err := c.Kubernetes.CoreV1().Namespaces().Create(context.Background(), namespace, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

func refusedByWebhook(err error) bool {
	return strings.Contains(err.Error(), "denied the request")
}

func inYaml(value any) (string, error) {
	text, err := k8syaml.Marshal(value)
	return string(text), err
}

// Secret makes a Secret in a namespace.
func (c *Cluster) Secret(t *testing.T, namespace, name string, data map[string]string) {
	t.Helper()
	secret := &core.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: data}
	if _, err := c.Kubernetes.CoreV1().Secrets(namespace).Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}
