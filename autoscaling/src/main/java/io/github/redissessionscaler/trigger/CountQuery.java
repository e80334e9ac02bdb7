package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.ValueParser;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
            case SumOf(List<SumOf.Part> parts) ->
                parts.stream()
                        .map(part -> part.source().query().description()
                                + where(part.source().database()))
                        .collect(Collectors.joining("; and ", "the sum of: ", ""));
            case UnexpiredMembers(String key) -> "members of " + Printable.of(key) + " that have not expired";
        };
    }

    private static String where(Database database) {
        String index =
                database.index().isPresent() ? "database " + database.index().getAsInt() + " of " : "";
        return " in " + index + "connection " + Printable.plain(database.connection());
    }

    /** All keys: DBSIZE. */
    record AllKeys() implements CountQuery {}

    /** Keys that have a time to live; all keys if the server does not report how many have one. */
    record ExpiringKeys() implements CountQuery {}

    /**
     * Keys whose name matches any of some patterns.
     *
     * @param patterns Redis globs, at least one; a key that matches several counts once
     * @param excludes Redis globs; a key that matches one of them is not counted
     * @param rules which of these keys count, and how much; at most one of each kind
     */
    record MatchingKeys(List<String> patterns, List<String> excludes, List<KeyRule> rules, Accuracy accuracy)
            implements CountQuery {

        public MatchingKeys {
            patterns = List.copyOf(patterns);
            excludes = List.copyOf(excludes);
            rules = List.copyOf(rules);
        }

        private String narrowedDescription() {
            return (rules.contains(new KeyRule.SumOfElements()) ? "elements of keys that match " : "keys that match ")
                    + anyOf(patterns)
                    + (excludes.isEmpty() ? "" : " and not " + anyOf(excludes))
                    + rules.stream().map(KeyRule::description).collect(Collectors.joining());
        }

        private static String anyOf(List<String> globs) {
            return globs.stream().map(Printable::of).collect(Collectors.joining(" or "));
        }

        /** All keys that match one of the patterns, with accuracy {@code auto}. */
        public static MatchingKeys of(String... patterns) {
            return new MatchingKeys(List.of(patterns), List.of(), List.of(), Accuracy.AUTO);
        }

        public MatchingKeys withExclude(String glob) {
            return new MatchingKeys(patterns, appended(excludes, glob), rules, accuracy);
        }

        public MatchingKeys with(KeyRule rule) {
            return new MatchingKeys(patterns, excludes, appended(rules, rule), accuracy);
        }

        public MatchingKeys withType(KeyType only) {
            return with(new KeyRule.OfType(ValueParser.word(only)));
        }

        public MatchingKeys withMinTtl(Duration longerThan) {
            return with(new KeyRule.MinTtl(longerThan));
        }

        public MatchingKeys withAccuracy(Accuracy other) {
            return new MatchingKeys(patterns, excludes, rules, other);
        }

        /** The rule of this kind, if there is one. */
        public <R extends KeyRule> Optional<R> rule(Class<R> kind) {
            return rules.stream().filter(kind::isInstance).map(kind::cast).findFirst();
        }

        private static <T> List<T> appended(List<T> some, T another) {
            return Stream.concat(some.stream(), Stream.of(another)).toList();
        }
    }

    /** The elements of one key: its length or cardinality, or the number that it stores. 0 if the key does not exist. */
    record Elements(String key) implements CountQuery {}

    /** Members of a sorted set whose score, a time since 1970 in any unit from seconds to nanoseconds, is within this duration before now. */
    record RecentMembers(String key, Duration within) implements CountQuery {}

    /** Members of a sorted set whose score, their expiry in milliseconds since 1970, is in the future. */
    record UnexpiredMembers(String key) implements CountQuery {}

    /** The sum of several sources, none of which is itself a sum. If one of them cannot be counted, there is no sum. */
    record SumOf(List<Part> parts) implements CountQuery {

        /**
         * One of the sources.
         *
         * @param layout the session layout that the source was derived from
         */
        public record Part(Source source, Optional<Layout> layout) {}

        public SumOf {
            parts = List.copyOf(parts);
        }
    }
}
