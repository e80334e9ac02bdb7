package charttest

import (
	"slices"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func TestTheImageIsFoundInTheRegistry(t *testing.T) {
	repository := "redis-session-scaler/redis-session-scaler:" + version(t)
	for name, tried := range map[string]struct {
		values []string
		image  string
	}{
		"by default":           {nil, "ghcr.io/" + repository},
		"a mirror":             {[]string{"image.registry=mirror.example:5000"}, "mirror.example:5000/" + repository},
		"the parent's mirror":  {[]string{"image.registry=x", "global.image.registry=mirror.example"}, "mirror.example/" + repository},
		"no mirror, as KEDA's": {[]string{"global.image.registry=null"}, "ghcr.io/" + repository},
		"an own path":          {[]string{"image.registry=", "image.repository=local/scaler", "image.tag=new"}, "local/scaler:new"},
	} {
		t.Run(name, func(t *testing.T) {
			objects := objects(t, template(t, append(tried.values, oneConnection)...))
			images := []string{container(t, objects).Image, the[*core.Pod](t, objects).Spec.Containers[0].Image}
			if !slices.Equal(images, []string{tried.image, tried.image}) {
				t.Errorf("%q, not %q", images, tried.image)
			}
		})
	}
}

func TestEveryObjectOfTheChartHasTheCommonAnnotations(t *testing.T) {
	for _, object := range objects(t, template(t, everything)) {
		object := object.(meta.Object)
		if object.GetName() == "a-mapping" || object.GetName() == "a-text" {
			continue
		}
		if object.GetAnnotations()["example.org/owner"] != "platform" {
			t.Errorf("%T %s has the annotations %v", object, object.GetName(), object.GetAnnotations())
		}
	}
}

func TestAnAnnotationOfAnObjectWinsOverACommonOne(t *testing.T) {
	objects := objects(t, template(t, everything))

	if note := the[*core.Service](t, objects).Annotations["example.org/note"]; note != "headless" {
		t.Errorf("the annotation of the Service is %q", note)
	}
}

func TestNoNetworkPolicyByDefault(t *testing.T) {
	if policies := all[*networking.NetworkPolicy](objects(t, template(t, oneConnection))); len(policies) != 0 {
		t.Errorf("%d NetworkPolicies", len(policies))
	}
	asked := objects(t, template(t, oneConnection, "networkPolicy.enabled=true", "networkPolicy.kedaNamespace=autoscaling"))
	for _, policy := range all[*networking.NetworkPolicy](asked) {
		if policy.Name == release {
			from := policy.Spec.Ingress[0].From[0].NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]
			if from != "autoscaling" {
				t.Errorf("the NetworkPolicy lets in %q", from)
			}
			return
		}
	}
	t.Error("no NetworkPolicy")
}

func TestTheServiceMonitorHasItsValuesAndFindsTheServiceFromElsewhere(t *testing.T) {
	objects := objects(t, template(t, everything))

	monitor := the[*monitoring.ServiceMonitor](t, objects)
	endpoint := monitor.Spec.Endpoints[0]
	if monitor.Namespace != "monitoring" || !slices.Equal(monitor.Spec.NamespaceSelector.MatchNames, []string{namespace}) {
		t.Errorf("it is in %s, and looks for the Service in %v", monitor.Namespace, monitor.Spec.NamespaceSelector.MatchNames)
	}
	if endpoint.Interval != "15s" || endpoint.ScrapeTimeout != "5s" {
		t.Errorf("interval %s, timeout %s", endpoint.Interval, endpoint.ScrapeTimeout)
	}
	if len(endpoint.RelabelConfigs) != 1 || endpoint.RelabelConfigs[0].TargetLabel != "cluster" {
		t.Errorf("relabelings %v", endpoint.RelabelConfigs)
	}
	if len(endpoint.MetricRelabelConfigs) != 1 || endpoint.MetricRelabelConfigs[0].Regex != "jvm_.*" {
		t.Errorf("metricRelabelings %v", endpoint.MetricRelabelConfigs)
	}
}

func TestThePrometheusRuleHasTheDefaultAlertsAndOwnRules(t *testing.T) {
	rule := the[*monitoring.PrometheusRule](t, objects(t, template(t, everything)))
	groups := rule.Spec.Groups
	own := groups[len(groups)-1]

	if rule.Namespace != "monitoring" || rule.Labels["release"] != "prometheus" {
		t.Errorf("it is in %s, with the labels %v", rule.Namespace, rule.Labels)
	}
	if len(groups) != len(defaultAlerts(t).Groups)+1 || own.Rules[0].Alert != "TooManySessions" {
		t.Errorf("%d groups, the last one is %v", len(groups), own)
	}
	if summary := own.Rules[0].Annotations["summary"]; summary != "{{ $value }} sessions" {
		t.Errorf("Prometheus's template has become %q", summary)
	}
}

func TestThePrometheusRuleHasOwnRulesAlone(t *testing.T) {
	groups := the[*monitoring.PrometheusRule](t, objects(t, template(t, everything, "prometheusRule.defaultAlerts=false"))).Spec.Groups

	if len(groups) != 1 || groups[0].Rules[0].Alert != "TooManySessions" {
		t.Errorf("groups %v", groups)
	}
}

func TestThePodHasEverythingMoreThatIsGiven(t *testing.T) {
	deployment := the[*apps.Deployment](t, objects(t, template(t, everything))).Spec
	pod := deployment.Template.Spec

	if *deployment.RevisionHistoryLimit != 3 {
		t.Errorf("revisionHistoryLimit is %d", *deployment.RevisionHistoryLimit)
	}
	if options := pod.DNSConfig.Options; len(options) != 1 || options[0].Name != "ndots" || *options[0].Value != "2" {
		t.Errorf("dnsConfig has the options %v", options)
	}
	if len(pod.HostAliases) != 1 || pod.HostAliases[0].IP != "10.1.2.3" {
		t.Errorf("hostAliases are %v", pod.HostAliases)
	}
	if len(pod.Containers) != 2 || pod.Containers[0].Name != release || pod.Containers[1].Name != "proxy" {
		t.Errorf("%d containers, the first one is %s", len(pod.Containers), pod.Containers[0].Name)
	}
}

func TestExtraObjectsAreTemplates(t *testing.T) {
	found := map[string]*core.ConfigMap{}
	for _, configMap := range all[*core.ConfigMap](objects(t, template(t, everything))) {
		found[configMap.Name] = configMap
	}

	if object := found["a-mapping"]; object == nil || object.Namespace != namespace {
		t.Errorf("the mapping has become %v", object)
	}
	if object := found["a-text"]; object == nil || object.Data["address"] != "redis-session-scaler.keda:6000" {
		t.Errorf("the text has become %v", object)
	}
}

func TestTheLeastHasNothingOfThat(t *testing.T) {
	objects := objects(t, template(t, oneConnection))
	pod := the[*apps.Deployment](t, objects).Spec.Template.Spec

	if pod.DNSConfig != nil || pod.HostAliases != nil || len(pod.Containers) != 1 {
		t.Errorf("the pod is %+v", pod)
	}
	for _, object := range objects {
		if _, hook := object.(*core.Pod); !hook && len(object.(meta.Object).GetAnnotations()) > 0 {
			t.Errorf("%T has the annotations %v", object, object.(meta.Object).GetAnnotations())
		}
	}
	if others := slices.ContainsFunc(objects, func(object runtime.Object) bool {
		_, monitor := object.(*monitoring.ServiceMonitor)
		_, rule := object.(*monitoring.PrometheusRule)
		return monitor || rule
	}); others {
		t.Error("objects for the Prometheus Operator")
	}
}
