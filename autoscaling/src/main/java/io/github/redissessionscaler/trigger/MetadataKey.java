package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.DocumentedKey;
import io.github.redissessionscaler.input.ValueParser;
import java.util.Optional;

/** A key of trigger metadata: the public interface of the scaler. Each also works with the suffix {@link #FROM_ENV}. */
public enum MetadataKey implements DocumentedKey {
    SESSION_SIZE(
            "sessionSize", Target.VALUES, "Target: sessions per replica; default: SESSION_SIZE of the scaler, 100."),
    SESSION_SIZE_KEY(
            "sessionSizeKey",
            MetadataValues.REDIS_KEY,
            "Redis key that holds the target. While it holds no valid one, sessionSize is used."),
    METRIC_NAME(
            "metricName",
            MetadataValues.METRIC_NAME,
            "session_size",
            "Name of the metric, without the prefix s0- that KEDA adds."),
    CONNECTION("connection", MetadataValues.CONNECTION, "default", "Redis connection."),
    DATABASE_INDEX("databaseIndex", MetadataValues.DATABASE_INDEX, "Redis database; default: that of the connection."),
    PRESET("preset", MetadataValues.PRESET, "Counts the sessions of a web framework."),
    NAMESPACE("namespace", MetadataValues.TEXT, "Namespace in the framework, for a preset that has one."),
    PREFIX("prefix", MetadataValues.TEXT, "Prefix of the framework's keys, for a preset that has one."),
    KEY_PATTERN("keyPattern", MetadataValues.GLOB, "Counts the keys that match one of these globs."),
    EXCLUDE_PATTERN("excludePattern", MetadataValues.GLOB, "Does not count keys that match one of these globs."),
    KEY_TYPE("keyType", MetadataValues.KEY_TYPE, "Counts only keys of this type."),
    MIN_TTL(
            "minTtl",
            MetadataValues.DURATION,
            "0s",
            "Counts only keys with more than this time to live, or with none."),
    HAS_FIELD(
            "hasField", MetadataValues.FIELD, "Counts only hashes with this field, for example one that a login sets."),
    MIN_SIZE(
            "minSize",
            MetadataValues.SIZE,
            "Counts only keys of at least this size: bytes of a string, elements of other types."),
    ELEMENTS(
            "elements",
            ValueParser.BOOLEAN,
            "false",
            "Counts the elements of the keys that match, instead of the keys."),
    ACCURACY(
            "accuracy",
            MetadataValues.ACCURACY,
            "auto",
            "How keys are counted by pattern: all of them, a sample, or by the size of the database."),
    KEY(
            "key",
            MetadataValues.REDIS_KEY,
            "Counts the elements of this list, set, sorted set, hash, stream or HyperLogLog, or reads a number."),
    ACTIVE_WITHIN(
            "activeWithin",
            MetadataValues.POSITIVE_DURATION,
            "Counts only sessions used within this time, by score, time to live or idle time."),
    SESSION_TTL(
            "sessionTtl",
            MetadataValues.POSITIVE_DURATION,
            "With activeWithin where keys are counted by pattern: the time to live that a session gets at each use."),
    SOURCES("sources", MetadataValues.SOURCES, "Adds up several sources, each with its own connection."),
    ACTIVATION_SESSION_SIZE(
            "activationSessionSize",
            MetadataValues.SESSIONS,
            "Active only while there are more sessions than this; without it, while Redis is available."),
    ACTIVE_KEY("activeKey", MetadataValues.REDIS_KEY, "Active only while this Redis key holds 1 or true."),
    ON_UNAVAILABLE(
            "onUnavailable",
            MetadataValues.WHEN_UNAVAILABLE,
            "minimum",
            "What to report while Redis is unavailable: inactive and 0, the last value, or an error."),
    HOLD_FOR(
            "holdFor",
            MetadataValues.POSITIVE_DURATION,
            "5m",
            "With onUnavailable: hold, how long; after that, inactive and 0."),
    WHOLE_REPLICAS(
            "wholeReplicas",
            ValueParser.BOOLEAN,
            "false",
            "Rounds the value up to whole replicas, which avoids the HPA's tolerance up to ten replicas."),
    HEADROOM("headroom", MetadataValues.HEADROOM, "0", "Spare capacity, added to the count before rounding."),
    LOOK_AHEAD(
            "lookAhead",
            MetadataValues.LOOK_AHEAD,
            "0s",
            "How long a new replica takes until it serves. Reports the sessions expected then, if more than now.");

    /** Suffix of a key whose value KEDA reads from the environment of the scaled application. */
    public static final String FROM_ENV = "FromEnv";

    @SuppressWarnings("ImmutableEnumChecker") // a record of immutable values
    private final Reference reference;

    MetadataKey(String text, ValueParser<?> values, String byDefault, String meaning) {
        this(text, values, Optional.of(byDefault), meaning);
    }

    MetadataKey(String text, ValueParser<?> values, String meaning) {
        this(text, values, Optional.empty(), meaning);
    }

    MetadataKey(String text, ValueParser<?> values, Optional<String> byDefault, String meaning) {
        this.reference = new Reference(text, values, byDefault, meaning);
    }

    @Override
    public Reference reference() {
        return reference;
    }

    @Override
    public String toString() {
        return text();
    }
}
