// Package charttest tests the Helm chart, the manifests made of it, and the examples against the types of those who read them:
// Kubernetes, KEDA, the Prometheus Operator and cert-manager. It starts what the chart says to start, too.
//
// helm is a tool of this module, so that its version stands in go.mod: go -C packaging/charts/test tool helm.
package charttest
