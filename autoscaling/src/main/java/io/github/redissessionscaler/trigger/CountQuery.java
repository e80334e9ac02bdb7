package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.ValueParser;
import java.time.Duration;
import java.util.Optional;

/** What is counted in one Redis database. */
public sealed interface CountQuery {

    /** Describes what is counted: a noun without an article. */
    default String description() {
        return switch (this) {
            case AllKeys() -> "all keys";
            case ExpiringKeys() -> "keys that have a time to live";
            case MatchingKeys keys -> keys.narrowedDescription();
            case Elements(String key) -> "elements of " + Printable.of(key);
            case RecentMembers(String key, Duration within) ->
                "members of " + Printable.of(key) + " scored within " + Durations.format(within);
            case UnexpiredMembers(String key) -> "members of " + Printable.of(key) + " that have not expired";
        };
    }

    /** All keys: DBSIZE. */
    record AllKeys() implements CountQuery {}

    /** Keys that have a time to live; all keys if the server does not report how many have one. */
    record ExpiringKeys() implements CountQuery {}

    /**
     * Keys whose name matches.
     *
     * @param pattern a Redis glob
     * @param exclude a Redis glob; a key that matches it is not counted
     * @param type only keys of this type
     * @param minTtl only keys with more than this time to live, or with none; zero for all keys
     */
    record MatchingKeys(
            String pattern, Optional<String> exclude, Optional<KeyType> type, Duration minTtl, Accuracy accuracy)
            implements CountQuery {

        private String narrowedDescription() {
            return "keys that match " + Printable.of(pattern)
                    + exclude.map(glob -> " and not " + Printable.of(glob)).orElse("")
                    + type.map(only -> ", of type " + ValueParser.word(only)).orElse("")
                    + (minTtl.isPositive() ? ", with more time to live than " + Durations.format(minTtl) : "");
        }

        /** All keys that match the pattern, with accuracy {@code auto}. */
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

    /** The elements of one key: its length or cardinality, or the number that it stores. 0 if the key does not exist. */
    record Elements(String key) implements CountQuery {}

    /** Members of a sorted set whose score, in seconds or milliseconds since 1970, is within this duration before now. */
    record RecentMembers(String key, Duration within) implements CountQuery {}

    /** Members of a sorted set whose score, their expiry in milliseconds since 1970, is in the future. */
    record UnexpiredMembers(String key) implements CountQuery {}
}
