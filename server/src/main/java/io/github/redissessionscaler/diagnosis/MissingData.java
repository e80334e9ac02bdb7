package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.counting.ScoredMembers;
import io.github.redissessionscaler.counting.ServerClock;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.trigger.CountQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds reasons why a count of 0 is not the number of sessions. Each is a sentence for an operator. */
final class MissingData {

    private static final int MOST_DATABASES = 5;

    private MissingData() {}

    /**
     * The reasons for a source that is no sum.
     *
     * @throws io.github.redissessionscaler.keyspace.KeyspaceException if Redis is unavailable or refuses a command
     */
    static List<String> of(Keyspace keyspace, CountQuery query) {
        List<String> reasons = new ArrayList<>(otherDatabases(keyspace));
        switch (query) {
            case CountQuery.Elements(String key) -> reasons.addAll(missing(keyspace, key));
            case CountQuery.UnexpiredMembers(String key) -> reasons.addAll(missing(keyspace, key));
            case CountQuery.RecentMembers recent -> {
                List<String> missing = missing(keyspace, recent.key());
                reasons.addAll(missing);
                if (missing.isEmpty()) {
                    reasons.addAll(scores(keyspace, recent.key()));
                }
            }
            case CountQuery.AllKeys _, CountQuery.ExpiringKeys _, CountQuery.MatchingKeys _, CountQuery.SumOf _ -> {
                // their keys are inspected elsewhere
            }
        }
        return reasons;
    }

    private static List<String> otherDatabases(Keyspace keyspace) {
        Map<Integer, Long> others = keyspace.otherDatabases();
        if (others.isEmpty() || keyspace.size() > 0) {
            return List.of();
        }
        String some = others.entrySet().stream()
                .limit(MOST_DATABASES)
                .map(other -> "db%d holds %s %s"
                        .formatted(
                                other.getKey(),
                                Numbers.withCommas(other.getValue()),
                                other.getValue() == 1 ? "key" : "keys"))
                .collect(Collectors.joining(", "));
        return List.of(
                "the database is empty, but " + some + (others.size() > MOST_DATABASES ? ", and others do too" : "")
                        + "; if the sessions are there, set databaseIndex");
    }

    private static List<String> missing(Keyspace keyspace, String key) {
        if (keyspace.type(key).isPresent()) {
            return List.of();
        }
        boolean glob = key.chars().anyMatch(character -> "*?[".indexOf(character) >= 0);
        return List.of("the key %s does not exist, so nothing is counted; %s"
                .formatted(
                        Printable.of(key),
                        glob
                                ? "key names one key and is not a glob: use keyPattern, with elements: true for a sum"
                                        + " of sizes"
                                : "if there are sessions, its name or the database is wrong"));
    }

    private static List<String> scores(Keyspace keyspace, String key) {
        Instant now = keyspace.time();
        var members = new ScoredMembers(keyspace, key, new ServerClock(keyspace, () -> now));
        return Optional.of(
                        "no score of %s is a time since 1970 in seconds, milliseconds, microseconds or nanoseconds, so"
                                + " activeWithin counts nothing; write such scores, or remove activeWithin")
                .filter(_ -> members.areNoTimes())
                .map(sentence -> List.of(sentence.formatted(Printable.of(key))))
                .orElse(List.of());
    }
}
