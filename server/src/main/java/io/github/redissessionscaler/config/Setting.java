package io.github.redissessionscaler.config;

import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.trigger.Target;
import java.util.Optional;

/**
 * A setting of the server. Each stands in the configuration file under its {@link #path}, or in the environment under its
 * name, which wins.
 */
public enum Setting {
    LISTEN_ADDRESS("listenAddress", "0.0.0.0", SettingValues.LISTEN_ADDRESS, "Address on which both ports listen."),
    GRPC_PORT("grpcPort", "6000", SettingValues.PORT, "Port for KEDA (gRPC); 0 chooses a free one."),
    GRPC_TLS_CERT_FILE(
            "grpcTlsCertFile", SettingValues.PEM, "Certificate chain of the gRPC port, which then accepts only TLS."),
    GRPC_TLS_KEY_FILE("grpcTlsKeyFile", SettingValues.PEM, "Private key of that certificate."),
    GRPC_TLS_CLIENT_CA_FILE(
            "grpcTlsClientCaFile",
            SettingValues.PEM,
            "Accept only clients with a certificate of one of these authorities (mutual TLS)."),
    MANAGEMENT_PORT(
            "managementPort",
            "8080",
            SettingValues.PORT,
            "Port of probes, metrics and status page; 0 chooses a free one."),
    MANAGEMENT_HOSTS(
            "managementHosts",
            SettingValues.HOST_NAMES,
            "More host names that requests to the management port may use, besides those inside a cluster."),
    STATUS_PAGE(
            "statusPage",
            "true",
            ValueParser.BOOLEAN,
            "Whether the management port serves the status page and its API."),
    SESSION_SIZE(
            "sessionSize",
            "100",
            Effect.AT_ONCE,
            Target.VALUES,
            "Sessions per replica, for triggers that set no target."),
    ANSWER_TIMEOUT("answerTimeout", "2s", SettingValues.TIMEOUT, "Time limit of every call."),
    OUTAGE_GRACE(
            "outageGrace",
            "0s",
            Effect.AT_ONCE,
            SettingValues.GRACE,
            "How long onUnavailable: minimum reports the last value in an outage."),
    HEARTBEAT("heartbeat", "10s", SettingValues.HEARTBEAT, "Interval at which an active stream repeats its message."),
    KEEPALIVE("keepalive", "1m", SettingValues.KEEPALIVE, "Idle time after which a client gets a gRPC ping."),
    PUSH_POLL_MIN(
            "pushPollMin",
            "500ms",
            SettingValues.POLL,
            "Shortest interval between polls for open streams, without keyspace events."),
    PUSH_POLL_MAX("pushPollMax", "5s", SettingValues.POLL, "Longest interval between polls for open streams."),
    TRIGGER_LIMIT("triggerLimit", "10000", Effect.AT_ONCE, SettingValues.LIMIT, "Maximum number of triggers."),
    PATTERN_LIMIT(
            "patternLimit", "200", Effect.AT_ONCE, SettingValues.LIMIT, "Maximum number of patterns in one database."),
    COUNT_REFRESH("countRefresh", "10s", SettingValues.REFRESH, "Pause between two full scans of a database."),
    COUNT_SHARE(
            "countShare",
            "10%",
            SettingValues.SHARE,
            "Share of a Redis server's time that each replica of the scaler may use for scans of one database."),
    STREAM_LIMIT("streamLimit", "10000", Effect.AT_ONCE, SettingValues.LIMIT, "Maximum number of open streams."),
    KUBERNETES_WATCH(
            "kubernetesWatch",
            "false",
            ValueParser.BOOLEAN,
            "Whether to show actual replicas, from the Kubernetes API."),
    KUBERNETES_NAMESPACES("kubernetesNamespaces", SettingValues.NAMESPACES, "Namespaces that are read; default: all."),
    KUBERNETES_CONFIG_FILE(
            "kubernetesConfigFile",
            SettingValues.KUBECONFIG,
            "How to connect to the Kubernetes API; default: as the pod's service account."),
    LOG_FORMAT("logFormat", "text", SettingValues.LOG_FORMAT, "Format of log lines."),
    LOG_LEVEL("logLevel", "info", Effect.AT_ONCE, SettingValues.LOG_LEVEL, "Lowest level that is logged.");

    /** When a change in the configuration file takes effect. */
    public enum Effect {
        AT_ONCE("immediately"),
        AT_START("after a restart");

        private final String words;

        Effect(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private final String path;
    private final Optional<String> byDefault;
    private final Effect effect;

    @SuppressWarnings("ImmutableEnumChecker") // parsers are immutable
    private final ValueParser<?> values;

    private final String meaning;

    Setting(String path, String byDefault, Effect effect, ValueParser<?> values, String meaning) {
        this(path, Optional.of(byDefault), effect, values, meaning);
    }

    Setting(String path, String byDefault, ValueParser<?> values, String meaning) {
        this(path, Optional.of(byDefault), Effect.AT_START, values, meaning);
    }

    Setting(String path, ValueParser<?> values, String meaning) {
        this(path, Optional.empty(), Effect.AT_START, values, meaning);
    }

    Setting(String path, Optional<String> byDefault, Effect effect, ValueParser<?> values, String meaning) {
        this.path = path;
        this.byDefault = byDefault;
        this.effect = effect;
        this.values = values;
        this.meaning = meaning;
    }

    /** Where it stands in the configuration file. */
    public String path() {
        return path;
    }

    /** The default value, or empty if it has none. */
    public Optional<String> byDefault() {
        return byDefault;
    }

    /** When a change of it in the configuration file takes effect. */
    public Effect effect() {
        return effect;
    }

    /** The values that it takes, as a noun. */
    public String accepted() {
        return values.accepted();
    }

    /** What it does, a sentence. */
    public String meaning() {
        return meaning;
    }
}
