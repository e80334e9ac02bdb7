package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.counting.pattern.KeyFilter;
import io.github.redissessionscaler.counting.pattern.MatchCounter;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.CountQuery.SumOf.Part;
import io.github.redissessionscaler.trigger.Database;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Finds keys that two sources of one trigger both count. */
final class OverlapCheck {

    /** A source that counts keys of a database, by its place among the sources; without a filter it counts all. */
    private record KeySource(int place, Optional<KeyFilter> filter) {

        static Optional<KeySource> of(int place, CountQuery query) {
            return switch (query) {
                case CountQuery.AllKeys() -> Optional.of(new KeySource(place, Optional.empty()));
                case CountQuery.MatchingKeys matching ->
                    Optional.of(new KeySource(place, Optional.of(KeyFilter.of(matching))));
                case CountQuery.ExpiringKeys _,
                        CountQuery.Elements _,
                        CountQuery.RecentMembers _,
                        CountQuery.UnexpiredMembers _,
                        CountQuery.SumOf _ -> Optional.empty();
            };
        }

        List<byte[]> named(List<byte[]> keys) {
            return filter.map(only -> keys.stream().filter(only::matchesName).toList())
                    .orElse(keys);
        }

        List<byte[]> counted(Shard shard, List<byte[]> keys) {
            return filter.filter(only -> !keys.isEmpty())
                    .map(only -> MatchCounter.counted(shard, only, keys))
                    .orElse(keys);
        }
    }

    private OverlapCheck() {}

    /**
     * A sentence for each source that counts keys which an earlier one counts too.
     *
     * @throws KeyspaceException if Redis is unavailable or refuses a command
     */
    static List<String> of(Keyspaces keyspaces, List<Part> parts, RandomGenerator random) {
        Map<Database, List<KeySource>> databases = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            Database database = keyspaces.canonical(parts.get(i).source().database());
            KeySource.of(i, parts.get(i).source().query())
                    .ifPresent(source -> databases
                            .computeIfAbsent(database, _ -> new ArrayList<>())
                            .add(source));
        }
        List<String> sentences = new ArrayList<>();
        databases.forEach((database, sources) -> {
            if (sources.size() > 1) {
                sentences.addAll(of(keyspaces.of(database), sources, random));
            }
        });
        return sentences;
    }

    private static List<String> of(Keyspace keyspace, List<KeySource> sources, RandomGenerator random) {
        long[][] twice = new long[sources.size()][sources.size()];
        long inspected = 0;
        for (Shard shard : keyspace.shards()) {
            List<byte[]> keys = KeySample.of(shard, random);
            inspected += keys.size();
            for (int later = 1; later < sources.size(); later++) {
                for (int earlier = 0; earlier < later; earlier++) {
                    twice[earlier][later] += ofBoth(shard, sources.get(earlier), sources.get(later), keys);
                }
            }
        }
        List<String> sentences = new ArrayList<>();
        for (int later = 1; later < sources.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                if (twice[earlier][later] > 0) {
                    sentences.add(
                            ("sources[%d] and sources[%d] both count %s of %s inspected keys, which count twice; use"
                                            + " one source with several patterns, or patterns that do not overlap")
                                    .formatted(
                                            sources.get(earlier).place(),
                                            sources.get(later).place(),
                                            Numbers.withCommas(twice[earlier][later]),
                                            Numbers.withCommas(inspected)));
                }
            }
        }
        return sentences;
    }

    private static long ofBoth(Shard shard, KeySource one, KeySource other, List<byte[]> keys) {
        return other.counted(shard, one.counted(shard, other.named(one.named(keys))))
                .size();
    }
}
