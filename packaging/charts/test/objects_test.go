package charttest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utils "k8s.io/apimachinery/pkg/util/runtime"
	names "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Reads objects as their API servers do, and refuses unknown and repeated fields.
var decoder = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		core.AddToScheme, apps.AddToScheme, policy.AddToScheme, networking.AddToScheme, rbac.AddToScheme,
		keda.AddToScheme, monitoring.AddToScheme, certmanager.AddToScheme,
	} {
		utils.Must(add(scheme))
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
}()

// objects reads every object of a text in YAML; one that is not as its API has it fails the test.
func objects(t *testing.T, text string) []runtime.Object {
	t.Helper()
	var found []runtime.Object
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewBufferString(text)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(bytes.TrimSpace(withoutComments(document))) == 0 {
			continue
		}
		object, _, err := decoder.Decode(document, nil, nil)
		if err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		checkMetadata(t, object.(meta.Object))
		found = append(found, object)
	}
}

func withoutComments(document []byte) []byte {
	var kept [][]byte
	for line := range bytes.Lines(document) {
		if !bytes.HasPrefix(line, []byte("#")) {
			kept = append(kept, line)
		}
	}
	return bytes.Join(kept, nil)
}

// checkMetadata checks names and labels by the rules of Kubernetes.
func checkMetadata(t *testing.T, object meta.Object) {
	t.Helper()
	for _, problem := range names.IsDNS1123Subdomain(object.GetName()) {
		t.Errorf("%T %q: %s", object, object.GetName(), problem)
	}
	for _, problem := range validation.ValidateLabels(object.GetLabels(), field.NewPath("labels")) {
		t.Errorf("%T %q: %s", object, object.GetName(), problem)
	}
}

// all returns the objects of a type.
func all[T runtime.Object](objects []runtime.Object) []T {
	var found []T
	for _, object := range objects {
		if one, ok := object.(T); ok {
			found = append(found, one)
		}
	}
	return found
}

// the returns the only object of a type.
func the[T runtime.Object](t *testing.T, objects []runtime.Object) T {
	t.Helper()
	found := all[T](objects)
	if len(found) != 1 {
		t.Fatalf("%d objects %T, not one", len(found), *new(T))
	}
	return found[0]
}

func TestATypingErrorInAnObjectIsSeen(t *testing.T) {
	for _, object := range []string{
		"{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, dta: {}}",
		"{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: x}, spec: {triggers: [{type: external, metdata: {}}]}}",
		"{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: x}, spec: {endpoints: [{prot: x}]}}",
		"{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: x}, spec: {dnsName: [x]}}",
	} {
		if _, _, err := decoder.Decode([]byte(object), nil, nil); err == nil {
			t.Errorf("%s is taken", object)
		}
	}
}
