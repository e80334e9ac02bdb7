package charttest

import (
	"strings"
	"testing"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	podsecurity "k8s.io/pod-security-admission/api"
	podpolicy "k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

const everything = "values/everything.yaml"

// What the chart is rendered with where a test holds for all of it.
var variants = map[string][]string{
	"the least":           {oneConnection},
	"everything":          {everything},
	"a ConfigMap":         {"existingConfigMap=scaler"},
	"the environment":     {"extraEnv[0].name=REDIS_ADDRESS", "extraEnv[0].value=redis:6379"},
	"TLS from a Secret":   {oneConnection, "tls.enabled=true", "tls.secretName=scaler"},
	"nothing but the pod": {oneConnection, "serviceAccount.create=false", "podDisruptionBudget.enabled=false"},
	"OpenShift":           {oneConnection, "podSecurityContext.runAsUser=null", "podSecurityContext.runAsGroup=null", "podSecurityContext.fsGroup=null"},
}

func eachVariant(t *testing.T, test func(t *testing.T, objects []runtime.Object)) {
	for name, values := range variants {
		t.Run(name, func(t *testing.T) { test(t, objects(t, template(t, values...))) })
	}
}

func TestLint(t *testing.T) {
	for name, values := range variants {
		t.Run(name, func(t *testing.T) {
			if out, err := runHelm(t, append([]string{"lint", "--strict", chart}, flags(values)...)...); err != nil {
				t.Error(out)
			}
		})
	}
}

func TestThePodsPassThePodSecurityStandardRestricted(t *testing.T) {
	evaluator, err := podpolicy.NewEvaluator(podpolicy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	restricted := podsecurity.LevelVersion{Level: podsecurity.LevelRestricted, Version: podsecurity.LatestVersion()}
	check := func(t *testing.T, meta *core.PodTemplateSpec) {
		for _, result := range evaluator.EvaluatePod(restricted, &meta.ObjectMeta, &meta.Spec) {
			if !result.Allowed {
				t.Errorf("%s: %s", result.ForbiddenReason, result.ForbiddenDetail)
			}
		}
	}
	eachVariant(t, func(t *testing.T, objects []runtime.Object) {
		check(t, &the[*apps.Deployment](t, objects).Spec.Template)
		for _, pod := range all[*core.Pod](objects) {
			check(t, &core.PodTemplateSpec{ObjectMeta: pod.ObjectMeta, Spec: pod.Spec})
		}
	})
}

func TestEverySelectorSelectsThePodsOfTheDeploymentAlone(t *testing.T) {
	eachVariant(t, func(t *testing.T, objects []runtime.Object) {
		deployment := the[*apps.Deployment](t, objects)
		selectors := map[string]map[string]string{
			"Deployment": deployment.Spec.Selector.MatchLabels,
			"Service":    the[*core.Service](t, objects).Spec.Selector,
		}
		for _, budget := range all[*policy.PodDisruptionBudget](objects) {
			selectors["PodDisruptionBudget"] = budget.Spec.Selector.MatchLabels
		}
		for _, network := range all[*networking.NetworkPolicy](objects) {
			selectors["NetworkPolicy"] = network.Spec.PodSelector.MatchLabels
		}
		for _, constraint := range deployment.Spec.Template.Spec.TopologySpreadConstraints {
			selectors["topology spread over "+constraint.TopologyKey] = constraint.LabelSelector.MatchLabels
		}
		for what, matched := range selectors {
			selector := labels.SelectorFromSet(matched)
			if selector.Empty() || !selector.Matches(labels.Set(deployment.Spec.Template.Labels)) {
				t.Errorf("the %s selects %q, not the pods", what, selector)
			}
			for _, pod := range all[*core.Pod](objects) {
				if selector.Matches(labels.Set(pod.Labels)) {
					t.Errorf("the %s selects the pod of helm test", what)
				}
			}
		}
		for _, monitor := range all[*monitoring.ServiceMonitor](objects) {
			if !labels.SelectorFromSet(monitor.Spec.Selector.MatchLabels).Matches(labels.Set(the[*core.Service](t, objects).Labels)) {
				t.Error("the ServiceMonitor does not select the Service")
			}
		}
	})
}

// A headless Service has no port of its own: KEDA goes to the address of a pod, at the port that the trigger says.
func TestTheServiceIsHeadlessAndItsPortsAreThoseOfThePods(t *testing.T) {
	eachVariant(t, func(t *testing.T, objects []runtime.Object) {
		service := the[*core.Service](t, objects).Spec
		if service.ClusterIP != core.ClusterIPNone {
			t.Error("the Service is not headless")
		}
		ports := map[string]int32{}
		for _, port := range container(t, objects).Ports {
			ports[port.Name] = port.ContainerPort
		}
		for _, port := range service.Ports {
			if ports[port.TargetPort.StrVal] != port.Port {
				t.Errorf("port %d leads to %s, which is %d", port.Port, port.TargetPort.StrVal, ports[port.TargetPort.StrVal])
			}
		}
		for _, network := range all[*networking.NetworkPolicy](objects) {
			for _, rule := range network.Spec.Ingress {
				for _, port := range rule.Ports {
					if ports[port.Port.StrVal] == 0 {
						t.Errorf("the NetworkPolicy opens %s, which no container has", port.Port)
					}
				}
			}
		}
	})
}

func TestOnlyARollingUpdateHasItsParameters(t *testing.T) {
	for kind, expected := range map[apps.DeploymentStrategyType]bool{apps.RollingUpdateDeploymentStrategyType: true, apps.RecreateDeploymentStrategyType: false} {
		strategy := the[*apps.Deployment](t, objects(t, template(t, oneConnection, "strategy.type="+string(kind)))).Spec.Strategy
		if strategy.Type != kind || (strategy.RollingUpdate != nil) != expected {
			t.Errorf("the strategy is %v", strategy)
		}
	}
}

// Port 6000 refuses new connections at its limits, and a restart would cut off the clients that it serves.
func TestNoProbeDependsOnTheLimitsOfPort6000(t *testing.T) {
	eachVariant(t, func(t *testing.T, objects []runtime.Object) {
		container := container(t, objects)
		for expected, probe := range map[string]*core.Probe{
			"startup at /livez":    container.StartupProbe,
			"readiness at /readyz": container.ReadinessProbe,
			"liveness at /livez":   container.LivenessProbe,
		} {
			_, path, _ := strings.Cut(expected, " at ")
			if probe.HTTPGet == nil || probe.HTTPGet.Path != path || probe.HTTPGet.Port.StrVal != "management" {
				t.Errorf("%s is %v", expected, probe.ProbeHandler)
			}
		}
	})
}

func TestEveryMountHasItsVolumeAndEveryFileItsSource(t *testing.T) {
	eachVariant(t, func(t *testing.T, objects []runtime.Object) {
		pod := the[*apps.Deployment](t, objects).Spec.Template.Spec
		volumes := map[string]bool{}
		for _, volume := range pod.Volumes {
			volumes[volume.Name] = true
		}
		for _, mount := range pod.Containers[0].VolumeMounts {
			if !volumes[mount.Name] {
				t.Errorf("nothing is mounted at %s", mount.MountPath)
			}
		}
		there := map[string]bool{}
		for _, source := range projected(t, objects) {
			for _, item := range items(source) {
				if there[item.Path] {
					t.Errorf("%s is there twice", item.Path)
				}
				there[item.Path] = true
			}
		}
		config, _ := configuration(objects)
		for _, word := range strings.Fields(config + " " + environment(container(t, objects))) {
			if path, ours := strings.CutPrefix(word, directory); ours && !there[strings.TrimPrefix(path, "/")] {
				t.Errorf("%s is nowhere", word)
			}
		}
	})
}

func TestByDefaultThePodsAreSpreadAndReplacedOneByOne(t *testing.T) {
	objects := objects(t, template(t, oneConnection))

	spec := the[*apps.Deployment](t, objects).Spec
	if *spec.Replicas < 2 || len(spec.Template.Spec.TopologySpreadConstraints) != 2 {
		t.Error("one pod, or pods that are not spread")
	}
	if update := spec.Strategy.RollingUpdate; update.MaxUnavailable.IntVal != 0 || update.MaxSurge.IntVal != 1 {
		t.Error("an old pod ends before the new one is there")
	}
	if *the[*policy.PodDisruptionBudget](t, objects).Spec.MaxUnavailable != intstr.FromInt32(1) {
		t.Error("more than one pod may be evicted at a time")
	}
}

func TestTheTokenOfTheServiceAccountIsNotMounted(t *testing.T) {
	eachVariant(t, func(t *testing.T, objects []runtime.Object) {
		if *the[*apps.Deployment](t, objects).Spec.Template.Spec.AutomountServiceAccountToken {
			t.Error("the token is mounted")
		}
	})
}

// Most changes of the configuration take effect in the running scaler; the pods restart for the others.
func TestThePodsRestartOnlyForSettingsThatRequireIt(t *testing.T) {
	pods := func(values ...string) core.PodTemplateSpec {
		return the[*apps.Deployment](t, objects(t, template(t, append(values, oneConnection)...))).Spec.Template
	}
	before := pods()
	for _, immediate := range []string{"settings.sessionSize=50", "connections.more.address=redis.more:6379", "settings.logLevel=debug"} {
		if !equality.Semantic.DeepEqual(before, pods(immediate)) {
			t.Errorf("%s restarts the pods", immediate)
		}
	}
	for _, atStart := range []string{"settings.heartbeat=5s", "settings.logFormat=json", "settings.statusPage=false"} {
		if equality.Semantic.DeepEqual(before, pods(atStart)) {
			t.Errorf("%s restarts no pod", atStart)
		}
	}
}

func TestEverythingThatIsGivenIsThere(t *testing.T) {
	objects := objects(t, template(t, everything))
	pod := the[*apps.Deployment](t, objects).Spec.Template

	if image := pod.Spec.Containers[0].Image; !strings.HasPrefix(image, "registry.example/scalers/redis-session-scaler@sha256:") {
		t.Errorf("the image is %s", image)
	}
	for name, value := range map[string]string{
		"an image pull secret": pod.Spec.ImagePullSecrets[0].Name,
		"a priority class":     pod.Spec.PriorityClassName,
		"a node selector":      pod.Spec.NodeSelector["kubernetes.io/os"],
		"a toleration":         pod.Spec.Tolerations[0].Key,
		"a common label":       pod.Labels["team"],
		"a label":              pod.Labels["tier"],
		"an annotation":        pod.Annotations["example.org/scrape"],
		"a mount":              pod.Spec.Containers[0].VolumeMounts[1].MountPath,
		"more environment":     pod.Spec.Containers[0].EnvFrom[0].SecretRef.Name,
	} {
		if value == "" {
			t.Errorf("%s is lost", name)
		}
	}
	if pod.Spec.Affinity.NodeAffinity == nil {
		t.Error("the affinity is lost")
	}
	if the[*certmanager.Certificate](t, objects).Spec.SecretName != "redis-session-scaler-tls" {
		t.Error("the certificate is written elsewhere")
	}
	if types := the[*networking.NetworkPolicy](t, objects).Spec.PolicyTypes; len(types) != 2 {
		t.Errorf("the NetworkPolicy is for %v", types)
	}
}

func TestTheConfigurationHasEveryConnectionAndNoSecret(t *testing.T) {
	text, _ := configuration(objects(t, template(t, everything)))
	var config struct {
		TriggerLimit int
		Connections  map[string]map[string]any
	}
	if err := yaml.Unmarshal([]byte(text), &config); err != nil {
		t.Fatal(err)
	}
	if config.TriggerLimit != 20000000 {
		t.Errorf("triggerLimit is %d", config.TriggerLimit)
	}
	for _, name := range []string{"default", "apps", "Sessions_2", "url"} {
		if config.Connections[name] == nil {
			t.Errorf("%s is lost", name)
		}
	}
	if file := config.Connections["default"]["passwordFile"]; file != directory+"/connections/default/password" {
		t.Errorf("the password is looked for in %v", file)
	}
	for _, leaf := range []string{"passwordSecret", "caSecret", "certSecret"} {
		if strings.Contains(text, leaf) {
			t.Errorf("the scaler knows no %s", leaf)
		}
	}
}

func TestTheDashboardAndTheAlertsAreTheFilesOfTheChart(t *testing.T) {
	objects := objects(t, template(t, oneConnection, "dashboard.enabled=true", "prometheusRule.enabled=true"))

	var dashboard string
	for _, configMap := range all[*core.ConfigMap](objects) {
		dashboard += configMap.Data["redis-session-scaler.json"]
	}
	if strings.TrimSpace(dashboard) != strings.TrimSpace(read(t, chart+"/files/dashboard.json")) {
		t.Error("the dashboard differs from the file")
	}
	alerts := defaultAlerts(t)
	if len(alerts.Groups) == 0 || !equality.Semantic.DeepEqual(alerts, the[*monitoring.PrometheusRule](t, objects).Spec) {
		t.Error("the alerts differ from the file")
	}
}

func defaultAlerts(t *testing.T) monitoring.PrometheusRuleSpec {
	t.Helper()
	var alerts monitoring.PrometheusRuleSpec
	if err := yaml.UnmarshalStrict([]byte(read(t, chart+"/files/alerts.yaml")), &alerts); err != nil {
		t.Fatal(err)
	}
	return alerts
}
