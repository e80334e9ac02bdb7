package io.github.redissessionscaler.config;

import io.github.redissessionscaler.problem.Durations;

/**
 * A setting of the server. Each stands in the configuration file under its {@link #path}, or in the environment under its
 * name, which wins.
 */
public enum Setting {
    LISTEN_ADDRESS("listenAddress", "0.0.0.0", "a host name or address", "Address that both ports are opened on."),
    GRPC_PORT("grpcPort", "6000", Accepted.PORT, "Port of the external scaler; 0 is any free one."),
    MANAGEMENT_PORT(
            "managementPort", "8080", Accepted.PORT, "Port of probes, metrics and status page; 0 is any free one."),
    ANSWER_TIMEOUT(
            "answerTimeout", "2s", Accepted.DURATION, "Time within which every call is answered, whatever Redis does."),
    OUTAGE_GRACE(
            "outageGrace",
            "0s",
            Durations.FORM,
            "How long the last number stands in an outage before onUnavailable: minimum takes hold."),
    HEARTBEAT("heartbeat", "10s", Accepted.DURATION, "How often an active stream repeats that it is."),
    KEEPALIVE(
            "keepalive",
            "1m",
            Accepted.DURATION,
            "After how long a silence a client is asked whether it is still there; it has a third of that to say so."),
    PUSH_POLL_MIN(
            "pushPollMin",
            "500ms",
            Accepted.DURATION,
            "How often, at most, Redis is asked for open streams where it sends no keyspace events."),
    PUSH_POLL_MAX(
            "pushPollMax",
            "5s",
            Accepted.DURATION,
            "How often, at least, Redis is asked for open streams, events or not."),
    TRIGGER_LIMIT("triggerLimit", "20000", "a whole number of 1 or more", "How many triggers are served at a time."),
    LOG_FORMAT("logFormat", "text", "text or json", "How log lines are written."),
    LOG_LEVEL("logLevel", "info", "error, warn, info, debug or trace", "What is logged.");

    private final String path;
    private final String byDefault;
    private final String accepted;
    private final String meaning;

    Setting(String path, String byDefault, String accepted, String meaning) {
        this.path = path;
        this.byDefault = byDefault;
        this.accepted = accepted;
        this.meaning = meaning;
    }

    /** Where it stands in the configuration file. */
    public String path() {
        return path;
    }

    /** The value that it has when nobody sets it. */
    public String byDefault() {
        return byDefault;
    }

    /** The values that it takes, as a noun. */
    public String accepted() {
        return accepted;
    }

    /** What it does, a sentence. */
    public String meaning() {
        return meaning;
    }

    private static final class Accepted {
        static final String PORT = "a port from 0 to 65535";
        static final String DURATION = Durations.FORM + ", more than 0s";
    }
}
