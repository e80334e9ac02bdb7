{{/* Everything that is mounted: the configuration, and what it refers to out of Secrets. */}}
{{- define "redis-session-scaler.directory" -}}
/etc/redis-session-scaler
{{- end -}}

{{/* A checksum of the settings that are read at the start alone, so that pods restart when they change; none without any. */}}
{{- define "redis-session-scaler.settingsChecksum" -}}
{{- $settings := deepCopy .Values.settings -}}
{{- range list "sessionSize" "outageGrace" "triggerLimit" "patternLimit" "streamLimit" "logLevel" -}}
{{- $_ := unset $settings . -}}
{{- end -}}
{{- with $settings }}{{ toJson . | sha256sum }}{{ end -}}
{{- end -}}

{{- define "redis-session-scaler.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "redis-session-scaler.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "redis-session-scaler.name" . -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "redis-session-scaler.selectorLabels" -}}
app.kubernetes.io/name: {{ include "redis-session-scaler.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of the pods that helm test runs. They are none of the scaler's own. */}}
{{- define "redis-session-scaler.testLabels" -}}
app.kubernetes.io/name: {{ include "redis-session-scaler.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "redis-session-scaler.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "redis-session-scaler.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
Metadata of an object. Takes a dict: context, the root; name, the full name if missing; namespace, that of the release if
missing or empty; labels, the chart's labels as text if missing; moreLabels and annotations, mappings of the object's own.
*/}}
{{- define "redis-session-scaler.metadata" -}}
{{- $context := .context -}}
name: {{ default (include "redis-session-scaler.fullname" $context) .name }}
namespace: {{ default $context.Release.Namespace .namespace }}
labels:
  {{- default (include "redis-session-scaler.labels" $context) .labels | nindent 2 }}
  {{- with .moreLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default dict .annotations) $context.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Two releases in different namespaces must not share a ClusterRole. */}}
{{- define "redis-session-scaler.rbacName" -}}
{{ include "redis-session-scaler.fullname" . }}-{{ .Release.Namespace }}
{{- end -}}

{{/* Metadata of an object that is in the namespace given, or in none. */}}
{{- define "redis-session-scaler.rbacMetadata" -}}
name: {{ include "redis-session-scaler.rbacName" .context }}
{{- with .namespace }}
namespace: {{ . }}
{{- end }}
labels:
  {{- include "redis-session-scaler.labels" .context | nindent 2 }}
{{- with .context.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "redis-session-scaler.serviceAccountName" -}}
{{- default (ternary (include "redis-session-scaler.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "redis-session-scaler.image" -}}
{{- with .Values.image -}}
{{- $registry := default .registry (((default dict $.Values.global).image | default dict).registry) -}}
{{- with $registry }}{{ . }}/{{ end -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "redis-session-scaler.tlsSecretName" -}}
{{- default (printf "%s-tls" (include "redis-session-scaler.fullname" .)) .Values.tls.secretName -}}
{{- end -}}

{{/* Where KEDA reaches the scaler. */}}
{{- define "redis-session-scaler.address" -}}
{{ include "redis-session-scaler.fullname" . }}.{{ .Release.Namespace }}:6000
{{- end -}}

{{/* A connection as the scaler's configuration has it: what the values say to be in Secrets is in files. */}}
{{- define "redis-session-scaler.connection" -}}
{{- $files := printf "%s/connections/%s" (include "redis-session-scaler.directory" .) .name -}}
{{- $connection := omit .values "passwordSecret" "sentinel" "tls" -}}
{{- if .values.passwordSecret -}}
{{- $_ := set $connection "passwordFile" (printf "%s/password" $files) -}}
{{- end -}}
{{- with .values.sentinel -}}
{{- $sentinel := omit . "passwordSecret" -}}
{{- if .passwordSecret -}}
{{- $_ := set $sentinel "passwordFile" (printf "%s/sentinel-password" $files) -}}
{{- end -}}
{{- $_ := set $connection "sentinel" $sentinel -}}
{{- end -}}
{{- if hasKey .values "tls" -}}
{{- $tls := omit .values.tls "caSecret" "certSecret" -}}
{{- if .values.tls.caSecret -}}
{{- $_ := set $tls "caFile" (printf "%s/ca.crt" $files) -}}
{{- end -}}
{{- if .values.tls.certSecret -}}
{{- $_ := set $tls "certFile" (printf "%s/tls.crt" $files) -}}
{{- $_ := set $tls "keyFile" (printf "%s/tls.key" $files) -}}
{{- end -}}
{{- $_ := set $connection "tls" $tls -}}
{{- end -}}
{{ toYaml $connection }}
{{- end -}}

{{/* The Secrets of a connection, as sources of a projected volume. */}}
{{- define "redis-session-scaler.connectionSources" -}}
{{- $files := printf "connections/%s" .name -}}
{{- with .values.passwordSecret }}
- secret:
    name: {{ .name }}
    items: [{key: {{ .key }}, path: {{ $files }}/password}]
{{- end }}
{{- with (.values.sentinel | default dict).passwordSecret }}
- secret:
    name: {{ .name }}
    items: [{key: {{ .key }}, path: {{ $files }}/sentinel-password}]
{{- end }}
{{- with (.values.tls | default dict).caSecret }}
- secret:
    name: {{ .name }}
    items: [{key: {{ .key }}, path: {{ $files }}/ca.crt}]
{{- end }}
{{- with (.values.tls | default dict).certSecret }}
- secret:
    name: {{ . }}
    items: [{key: tls.crt, path: {{ $files }}/tls.crt}, {key: tls.key, path: {{ $files }}/tls.key}]
{{- end }}
{{- end -}}

{{/* Fails when values contradict each other in a way that the schema cannot express. */}}
{{- define "redis-session-scaler.validate" -}}
{{- with .Values -}}
{{- if and .existingConfigMap (or .connections .settings) -}}
{{- fail "existingConfigMap cannot be combined with connections and settings; keep one of them" -}}
{{- end -}}
{{- if not (or .existingConfigMap .connections .extraEnv .extraEnvFrom) -}}
{{- fail "no Redis is configured: set connections.default.address to host:port, or another connection, or existingConfigMap, or REDIS_URL in extraEnv" -}}
{{- end -}}
{{- range $name, $connection := .connections -}}
{{- if contains "@" (default "" $connection.url) -}}
{{- fail (printf "connections.%s.url contains a user name or a password, so it is not shown: set username and passwordSecret instead" $name) -}}
{{- end -}}
{{- end -}}
{{- if and (or .tls.secretName .tls.certManager.issuerRef .tls.clientCaSecret) (not .tls.enabled) -}}
{{- fail "tls.secretName, tls.certManager.issuerRef and tls.clientCaSecret require TLS: set tls.enabled to true, or remove them" -}}
{{- end -}}
{{- if and .tls.certManager.issuerRef (not .tls.certManager.issuerRef.name) -}}
{{- fail "tls.certManager.issuerRef names no issuer: set tls.certManager.issuerRef.name" -}}
{{- end -}}
{{- if and .tls.enabled (not .tls.secretName) (not .tls.certManager.issuerRef) -}}
{{- fail "tls.enabled requires a certificate: set tls.secretName to its Secret, or tls.certManager.issuerRef to its issuer" -}}
{{- end -}}
{{- if and .prometheusRule.enabled (not .prometheusRule.defaultAlerts) (not .prometheusRule.rules) -}}
{{- fail "prometheusRule.enabled requires rules: set prometheusRule.defaultAlerts to true, or add rules to prometheusRule.rules" -}}
{{- end -}}
{{- if and .kubernetes.namespaces (not .kubernetes.watch) -}}
{{- fail "kubernetes.namespaces requires kubernetes.watch: without it the scaler does not read the Kubernetes API" -}}
{{- end -}}
{{- if and .kubernetes.watch (not .serviceAccount.create) (not .serviceAccount.name) -}}
{{- fail "kubernetes.watch would give its role to all pods that use the namespace's default ServiceAccount: set serviceAccount.create to true, or serviceAccount.name to one for the scaler" -}}
{{- end -}}
{{- end -}}
{{- end -}}
