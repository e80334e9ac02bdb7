package charttest

import (
	"strings"
	"testing"
)

// What is refused, by words that the message must have: the value, and what is wrong with it.
func TestWhatIsRefused(t *testing.T) {
	for name, refused := range map[string]struct {
		values []string
		words  []string
	}{
		"no Redis":                          {nil, []string{"no Redis is configured", "connections.default.address"}},
		"an unknown value":                  {[]string{oneConnection, "replicas=3"}, []string{"replicas"}},
		"an unknown value below":            {[]string{oneConnection, "image.name=x"}, []string{"/image", "name"}},
		"too few":                           {[]string{oneConnection, "replicaCount=-1"}, []string{"/replicaCount"}},
		"an unknown setting":                {[]string{oneConnection, "settings.hearbeat=5s"}, []string{"/settings", "hearbeat"}},
		"a duration without a unit":         {[]string{oneConnection, "settings.heartbeat=5"}, []string{"/settings/heartbeat"}},
		"a limit of nothing":                {[]string{oneConnection, "settings.triggerLimit=0"}, []string{"/settings/triggerLimit"}},
		"a port, which is the chart's":      {[]string{oneConnection, "settings.grpcPort=7000"}, []string{"/settings", "grpcPort"}},
		"an unknown log format":             {[]string{oneConnection, "settings.logFormat=xml"}, []string{"/settings/logFormat"}},
		"a password":                        {[]string{oneConnection, "connections.default.password=x"}, []string{"/connections/default", "password"}},
		"a password in a URL":               {[]string{"connections.default.url=redis://user:secret@redis:6379"}, []string{"connections.default.url", "passwordSecret"}},
		"two addresses":                     {[]string{oneConnection, "connections.default.url=redis://redis"}, []string{"/connections/default"}},
		"a connection to nowhere":           {[]string{"connections.default.database=1"}, []string{"/connections/default"}},
		"a database that no Redis has":      {[]string{oneConnection, "connections.default.database=5000"}, []string{"/connections/default/database"}},
		"sentinels without the primary":     {[]string{"connections.default.sentinel.nodes[0]=sentinel:26379"}, []string{"/connections/default/sentinel", "master"}},
		"a cluster without nodes":           {[]string{"connections.default.cluster.nodes=null"}, []string{"/connections/default/cluster", "nodes"}},
		"a connection for nobody":           {[]string{oneConnection, "connections.default.namespaces={}"}, []string{"/connections/default/namespaces"}},
		"a connection by a bad name":        {[]string{"connections._x.address=redis:6379"}, []string{"/connections"}},
		"a Secret without its key":          {[]string{oneConnection, "connections.default.passwordSecret.name=redis"}, []string{"/connections/default/passwordSecret", "key"}},
		"a ConfigMap and connections":       {[]string{oneConnection, "existingConfigMap=scaler"}, []string{"existingConfigMap", "keep one of them"}},
		"TLS without a certificate":         {[]string{oneConnection, "tls.enabled=true"}, []string{"tls.enabled", "tls.secretName", "issuerRef"}},
		"client authorities without TLS":    {[]string{oneConnection, "tls.clientCaSecret=clients"}, []string{"tls.clientCaSecret", "set tls.enabled to true"}},
		"a certificate without TLS":         {[]string{oneConnection, "tls.secretName=scaler"}, []string{"tls.secretName", "set tls.enabled to true"}},
		"an issuer without TLS":             {[]string{oneConnection, "tls.certManager.issuerRef.name=authority"}, []string{"tls.certManager.issuerRef", "set tls.enabled to true"}},
		"an issuer without a name":          {[]string{oneConnection, "tls.enabled=true", "tls.certManager.issuerRef.kind=ClusterIssuer"}, []string{"set tls.certManager.issuerRef.name"}},
		"a role for the default account":    {[]string{oneConnection, "kubernetes.watch=true", "serviceAccount.create=false"}, []string{"kubernetes.watch", "set serviceAccount.create", "serviceAccount.name"}},
		"namespaces that are not read":      {[]string{oneConnection, "kubernetes.namespaces={shop}"}, []string{"kubernetes.namespaces", "kubernetes.watch"}},
		"a digest that is none":             {[]string{oneConnection, "image.digest=latest"}, []string{"/image/digest"}},
		"a PrometheusRule without rules":    {[]string{oneConnection, "prometheusRule.enabled=true", "prometheusRule.defaultAlerts=false"}, []string{"prometheusRule.rules"}},
		"a scrape timeout without a unit":   {[]string{oneConnection, "serviceMonitor.scrapeTimeout=5"}, []string{"/serviceMonitor/scrapeTimeout"}},
		"a host alias without a name":       {[]string{oneConnection, "hostAliases[0].ip=10.0.0.1"}, []string{"/hostAliases/0", "hostnames"}},
		"a container without a name":        {[]string{oneConnection, "extraContainers[0].image=x"}, []string{"/extraContainers/0", "name"}},
		"a negative history":                {[]string{oneConnection, "revisionHistoryLimit=-1"}, []string{"/revisionHistoryLimit"}},
		"a common annotation with no text":  {[]string{oneConnection, "commonAnnotations.number=1"}, []string{"/commonAnnotations/number"}},
		"a time of a probe that is unknown": {[]string{oneConnection, "probes.liveness.seconds=1"}, []string{"/probes/liveness", "seconds"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := tryTemplate(t, refused.values...)
			if err == nil {
				t.Fatalf("%q is rendered", refused.values)
			}
			if strings.Contains(out, "secret@") {
				t.Errorf("a password is shown: %s", out)
			}
			for _, word := range refused.words {
				if !strings.Contains(out, word) {
					t.Errorf("%q is not in: %s", word, out)
				}
			}
		})
	}
}
