package io.github.redissessionscaler.telemetry;

import java.util.Locale;

/** The scaler's own metrics, and what Prometheus shows as their description. */
public enum Metric {
    ANSWER_TIMEOUT_SECONDS("Time limit of a call, ANSWER_TIMEOUT"),
    BUILD_INFO("Always 1; versions of the scaler and of Java"),
    CONFIG_REFUSED("1 while the changed configuration is not used: it is invalid, or a file that it names is missing"),
    COUNT_REFRESH_SECONDS("Pause between two full scans, COUNT_REFRESH"),
    GRPC_CALLS("Calls in progress, without streams"),
    GRPC_CERTIFICATE_EXPIRY_TIMESTAMP_SECONDS("Expiry of the certificate of port 6000"),
    GRPC_CERTIFICATE_LIFETIME_SECONDS("Validity period of the certificate of port 6000, from its start to its expiry"),
    GRPC_CERTIFICATE_REFUSED("1 while the changed certificate of port 6000 is invalid and not used"),
    GRPC_CONNECTIONS("Open connections on port 6000"),
    GRPC_HANDSHAKES_REFUSED("Failed TLS handshakes of clients"),
    HEAP_LIVE_RATIO("Part of the heap in use after the last full collection, 0 to 1"),
    INTERNAL_ERRORS("Internal errors"),
    KUBERNETES_UP("1 while this resource of the Kubernetes API can be read"),
    PUSH_DATABASES_EVENTS("Databases with open streams, refreshed at keyspace events"),
    PUSH_DATABASES_POLLED("Databases with open streams, refreshed by polls"),
    REDIS_COMMANDS("Commands sent to Redis"),
    REDIS_CONNECTS("Connections to Redis opened"),
    REDIS_EVICTED_KEYS("Keys evicted because of maxmemory"),
    REDIS_FAILURES("Failed reads of Redis"),
    REDIS_READS("Reads of Redis; one may serve several calls"),
    REDIS_RECONNECTS("Connections to Redis opened in place of a lost one"),
    REDIS_ROUND_TRIP("Round trips to Redis"),
    REDIS_UP("1 while Redis is available, 0 while it is not; absent if nothing was read in the last 10 minutes"),
    REFUSED("Calls and connections refused or closed because of a limit"),
    RPC("Unary calls, from request to response"),
    SCALEDOBJECT_ABOVE_MAX("1 while a trigger wants more replicas than the maximum of the HPA"),
    SCALEDOBJECT_CURRENT_REPLICAS("Replicas that run"),
    SCALEDOBJECT_DESIRED_REPLICAS("Replicas that the HPA wants"),
    SCALEDOBJECT_FALLBACK("1 while KEDA uses the fallback"),
    SCALEDOBJECT_MAX_REPLICAS("Maximum of the HPA"),
    SCALEDOBJECT_MIN_REPLICAS("Minimum of the HPA"),
    SCALEDOBJECT_PAUSED("1 while an annotation pauses KEDA, or only scaling in or out"),
    SCAN("Full scans of a database"),
    SCAN_KEYS("Keys visited for counting by pattern"),
    SCAN_KEYS_EXPECTED("Keys that the running scan will visit, estimated"),
    SCAN_KEYS_SEEN("Keys visited by the running scan"),
    SCAN_SERVER_SECONDS("Time that Redis spent on counting by pattern, estimated"),
    STREAMS("Open streams"),
    STREAMS_ENDED("Streams ended"),
    STREAMS_MESSAGES("Messages sent on open streams"),
    STREAM_LIMIT("Most open streams, STREAM_LIMIT"),
    TRIGGERS("Triggers with a call in the last 10 minutes"),
    TRIGGERS_REFUSED("Triggers refused in the last 10 minutes"),
    TRIGGER_ACTIVE("1 while the trigger is reported as active"),
    TRIGGER_LIMIT("Most triggers, TRIGGER_LIMIT"),
    TRIGGER_LOOKAHEAD_ERROR_OF_NOW_SESSIONS("Mean absolute error of the current sessions as a forecast"),
    TRIGGER_LOOKAHEAD_ERROR_SESSIONS("Mean absolute error of the forecasts of the last hours"),
    TRIGGER_LOOKAHEAD_EXPECTED_SESSIONS("Expected sessions, without margin"),
    TRIGGER_LOOKAHEAD_REPORTED_SESSIONS("Reported sessions, before headroom and rounding"),
    TRIGGER_LOOKAHEAD_USED("1 while the forecasts are used"),
    TRIGGER_METRIC_TARGET("Target of the metric, by which the HPA divides the value"),
    TRIGGER_MISFITS("Number of layout warnings"),
    TRIGGER_OUTAGE("1 for what is reported during an outage: held (last value), minimum (inactive and 0) or error"),
    TRIGGER_OUTAGE_SECONDS("How long Redis has been unavailable for the trigger"),
    TRIGGER_REFUSED("1 if a trigger was refused in the last 2 minutes"),
    TRIGGER_SESSIONS("Last session count, without headroom and rounding"),
    TRIGGER_SESSIONS_AGE_SECONDS("Age of the session count at the last call"),
    TRIGGER_SESSIONS_STANDARD_ERROR("Standard error of the session count"),
    TRIGGER_SESSIONS_WITHOUT_TTL_RATIO("Part of the inspected keys that have no TTL, 0 to 1"),
    TRIGGER_TARGET("Sessions per replica now"),
    TRIGGER_TARGET_FALLBACK("1 while sessionSizeKey has no valid value"),
    TRIGGER_UNCOUNTED_SECONDS("How long there has been no count although Redis is available"),
    TRIGGER_VALUE("Reported value, with headroom and rounding"),
    TRIGGER_WANTED_REPLICAS("Replicas that the value needs, without tolerance, minimum and maximum"),
    TRIGGER_WEIGHT("Triggers, as TRIGGER_LIMIT counts them");

    private final String description;
    private final String prometheusName;
    private final String meter;

    Metric(String description) {
        this.description = description;
        this.prometheusName = Telemetry.PREFIX + name().toLowerCase(Locale.ROOT);
        this.meter = prometheusName.replace('_', '.');
    }

    /** One line, plain text. */
    public String description() {
        return description;
    }

    /** The name in Prometheus, without the unit and {@code _total} that Micrometer adds to timers and counters. */
    public String prometheusName() {
        return prometheusName;
    }

    /** The name in Micrometer's notation. */
    String meter() {
        return meter;
    }
}
