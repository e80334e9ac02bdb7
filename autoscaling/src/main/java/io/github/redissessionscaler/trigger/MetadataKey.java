package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.DocumentedKey;
import io.github.redissessionscaler.input.ValueParser;
import java.util.Optional;

/** A key of trigger metadata: the public interface of the scaler. Each also works with {@link #FROM_ENV} behind it. */
public enum MetadataKey implements DocumentedKey {
    SESSION_SIZE(
            "sessionSize",
            Target.VALUES,
            "Sessions that one replica shall serve: the target; without it, that of the scaler, which is 100 unless it"
                    + " is configured otherwise."),
    SESSION_SIZE_KEY(
            "sessionSizeKey",
            MetadataValues.REDIS_KEY,
            "Redis key that holds the target and is read for each value; sessionSize is used while Redis answers that"
                    + " it holds no such number."),
    METRIC_NAME(
            "metricName",
            MetadataValues.METRIC_NAME,
            "session_size",
            "Name of the metric, without the s0- that KEDA puts in front of it."),
    CONNECTION(
            "connection",
            MetadataValues.CONNECTION,
            "default",
            "Redis connection, out of the scaler's own configuration."),
    DATABASE_INDEX(
            "databaseIndex",
            MetadataValues.DATABASE_INDEX,
            "Index of the Redis database; without it, the one that the connection is configured with."),
    PRESET("preset", MetadataValues.PRESET, "Counts the sessions of a web framework, which is named by its preset."),
    NAMESPACE(
            "namespace",
            MetadataValues.TEXT,
            "Namespace that the framework is configured with, for a preset that has one; text, not a glob."),
    PREFIX(
            "prefix",
            MetadataValues.TEXT,
            "How the framework's keys begin, for a preset that has a prefix; text, not a glob."),
    KEY_PATTERN("keyPattern", MetadataValues.GLOB, "Counts the keys that match this glob."),
    EXCLUDE_PATTERN("excludePattern", MetadataValues.GLOB, "Keys that match this glob are not counted."),
    KEY_TYPE(
            "keyType",
            MetadataValues.KEY_TYPE,
            "Only keys of this type are counted; the names are those of Redis's TYPE."),
    MIN_TTL(
            "minTtl",
            MetadataValues.DURATION,
            "0s",
            "Only keys that live longer than this are counted; a key without a time to live does."),
    ACCURACY(
            "accuracy",
            MetadataValues.ACCURACY,
            "auto",
            "How keys are counted by pattern: all visited, a sample, or whichever suits the size of the database."),
    KEY(
            "key",
            MetadataValues.REDIS_KEY,
            "Counts the elements of this list, set, sorted set, hash, stream or HyperLogLog, or takes the number it"
                    + " stores."),
    ACTIVE_WITHIN(
            "activeWithin",
            MetadataValues.POSITIVE_DURATION,
            "With key, a sorted set scored by time: only members scored within this time before now are counted."),
    ACTIVATION_SESSION_SIZE(
            "activationSessionSize",
            MetadataValues.SESSIONS,
            "Active only while there are more sessions than this; without it, while Redis can be reached."),
    ACTIVE_KEY("activeKey", MetadataValues.REDIS_KEY, "Active only while this Redis key holds 1 or true."),
    ON_UNAVAILABLE(
            "onUnavailable",
            MetadataValues.WHEN_UNAVAILABLE,
            "minimum",
            "What to answer while Redis does not: inactive and 0, the last value, or an error."),
    HOLD_FOR(
            "holdFor",
            MetadataValues.POSITIVE_DURATION,
            "5m",
            "With onUnavailable: hold, how long the last value stands in for Redis; after that, the answer is"
                    + " minimum."),
    WHOLE_REPLICAS(
            "wholeReplicas",
            ValueParser.BOOLEAN,
            "false",
            "Whether the value is rounded up to whole replicas, so that one session too many starts one more."),
    HEADROOM(
            "headroom",
            MetadataValues.HEADROOM,
            "0",
            "Spare capacity, in sessions or in percent, added to the count before it is rounded.");

    /** Ends a key whose value KEDA took from the environment of the scaled application. */
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
