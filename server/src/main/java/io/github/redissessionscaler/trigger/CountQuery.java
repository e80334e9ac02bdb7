package io.github.redissessionscaler.trigger;

import java.time.Duration;
import java.util.Optional;

/** What is counted in one Redis database. */
public sealed interface CountQuery {

    /** All keys: DBSIZE. */
    record AllKeys() implements CountQuery {}

    /** Keys that have a time to live; all keys where the server does not tell. */
    record ExpiringKeys() implements CountQuery {}

    /**
     * Keys whose name matches.
     *
     * @param pattern a Redis glob
     * @param exclude a Redis glob; a key that matches it is not counted
     * @param type only keys of this type
     * @param minTtl only keys that live longer than this; a key without a time to live does. Zero for all keys
     */
    record MatchingKeys(
            String pattern, Optional<String> exclude, Optional<KeyType> type, Duration minTtl, Accuracy accuracy)
            implements CountQuery {

        /** All keys of this name, counted as suits the size of the database. */
        static MatchingKeys of(String pattern) {
            return new MatchingKeys(pattern, Optional.empty(), Optional.empty(), Duration.ZERO, Accuracy.AUTO);
        }

        MatchingKeys withExclude(String glob) {
            return new MatchingKeys(pattern, Optional.of(glob), type, minTtl, accuracy);
        }

        MatchingKeys withType(KeyType only) {
            return new MatchingKeys(pattern, exclude, Optional.of(only), minTtl, accuracy);
        }

        MatchingKeys withMinTtl(Duration longerThan) {
            return new MatchingKeys(pattern, exclude, type, longerThan, accuracy);
        }
    }

    /** The elements of one key: its length or cardinality, or the number that it stores. No key is 0. */
    record Elements(String key) implements CountQuery {}

    /** Members of a sorted set scored, in seconds or milliseconds since 1970, within this duration before now. */
    record RecentMembers(String key, Duration within) implements CountQuery {}

    /** Members of a sorted set whose score, their expiry in milliseconds since 1970, is still to come. */
    record UnexpiredMembers(String key) implements CountQuery {}
}
