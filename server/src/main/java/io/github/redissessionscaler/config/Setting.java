package io.github.redissessionscaler.config;

import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.trigger.Target;
import java.util.Optional;

/**
 * A setting of the server. Each stands in the configuration file under its {@link #path}, or in the environment under its
 * name, which wins.
 */
public enum Setting {
    LISTEN_ADDRESS("listenAddress", "0.0.0.0", SettingValues.LISTEN_ADDRESS, "Address that both ports are opened on."),
    GRPC_PORT("grpcPort", "6000", SettingValues.PORT, "Port of the external scaler; 0 is any free one."),
    GRPC_TLS_CERT_FILE(
            "grpcTlsCertFile",
            SettingValues.PEM,
            "Certificate chain of the external scaler; with it, KEDA must speak TLS. Read again when it changes, like"
                    + " the next two."),
    GRPC_TLS_KEY_FILE("grpcTlsKeyFile", SettingValues.PEM, "Private key of that certificate."),
    GRPC_TLS_CLIENT_CA_FILE(
            "grpcTlsClientCaFile",
            SettingValues.PEM,
            "Authorities of clients: only who has a certificate of one of them is answered (mutual TLS)."),
    MANAGEMENT_PORT(
            "managementPort",
            "8080",
            SettingValues.PORT,
            "Port of probes, metrics and status page; 0 is any free one."),
    MANAGEMENT_HOSTS(
            "managementHosts",
            SettingValues.HOST_NAMES,
            "Names under which the management port is asked for, besides addresses, names without a dot and those of a"
                    + " cluster; any other is refused, so that no foreign page reads it."),
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
            "Target of the triggers that name none: sessions per replica."),
    ANSWER_TIMEOUT(
            "answerTimeout",
            "2s",
            SettingValues.TIMEOUT,
            "Time within which every call is answered, whatever Redis does."),
    OUTAGE_GRACE(
            "outageGrace",
            "0s",
            Effect.AT_ONCE,
            SettingValues.GRACE,
            "How long the last number stands in an outage before onUnavailable: minimum takes hold."),
    HEARTBEAT("heartbeat", "10s", SettingValues.HEARTBEAT, "How often an active stream repeats that it is."),
    KEEPALIVE(
            "keepalive",
            "1m",
            SettingValues.KEEPALIVE,
            "After how long a silence a client is asked whether it is still there; it has a third of that to say so."),
    PUSH_POLL_MIN(
            "pushPollMin",
            "500ms",
            SettingValues.POLL,
            "How often, at most, Redis is asked for open streams where it sends no keyspace events."),
    PUSH_POLL_MAX(
            "pushPollMax",
            "5s",
            SettingValues.POLL,
            "How often, at least, Redis is asked for open streams, events or not."),
    TRIGGER_LIMIT(
            "triggerLimit",
            "10000",
            Effect.AT_ONCE,
            SettingValues.LIMIT,
            "How many triggers are served at a time; one of long metadata counts as several."),
    PATTERN_LIMIT(
            "patternLimit",
            "200",
            Effect.AT_ONCE,
            SettingValues.LIMIT,
            "How many different patterns are counted in one database at a time."),
    COUNT_REFRESH(
            "countRefresh",
            "10s",
            SettingValues.REFRESH,
            "How long after a whole count of keys by pattern the next begins."),
    COUNT_SHARE(
            "countShare",
            "10%",
            SettingValues.SHARE,
            "How much of a Redis server's time the exact counts by pattern of one database may take."),
    STREAM_LIMIT("streamLimit", "10000", Effect.AT_ONCE, SettingValues.LIMIT, "How many streams are open at a time."),
    LOG_FORMAT("logFormat", "text", SettingValues.LOG_FORMAT, "How log lines are written."),
    LOG_LEVEL("logLevel", "info", Effect.AT_ONCE, SettingValues.LOG_LEVEL, "What is logged.");

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
