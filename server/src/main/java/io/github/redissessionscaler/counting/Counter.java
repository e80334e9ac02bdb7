package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Source;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts what a trigger's source names.
 *
 * <p>Thread-safe. A count blocks and belongs on a virtual thread. What Redis keeps a number of is read at the time of the
 * request, by one command once the key's type and the server's clock are known.
 */
public final class Counter {

    private record Key(Database database, String name) {}

    private final Keyspaces keyspaces;
    private final InstantSource clock;
    private final ConcurrentMap<Key, Elements> elements = new ConcurrentHashMap<>();
    private final ConcurrentMap<Key, ScoredMembers> scoredMembers = new ConcurrentHashMap<>();
    private final ConcurrentMap<Database, ServerClock> serverClocks = new ConcurrentHashMap<>();

    public Counter(Keyspaces keyspaces, InstantSource clock) {
        this.keyspaces = keyspaces;
        this.clock = clock;
    }

    /**
     * The count now.
     *
     * @throws KeyspaceException if Redis does not give the answer, or what it gives is not countable
     * @throws io.github.redissessionscaler.problem.InvalidInputException if there is no such database
     */
    public Count count(Source source) {
        Database database = source.database();
        Keyspace keyspace = keyspaces.of(database);
        return switch (source.query()) {
            case CountQuery.AllKeys() -> index((double) keyspace.size());
            case CountQuery.ExpiringKeys() -> index(expiringKeys(keyspace));
            case CountQuery.Elements(String key) ->
                index(elements.computeIfAbsent(new Key(database, key), _ -> new Elements(keyspace, key))
                        .count());
            case CountQuery.RecentMembers recent ->
                index((double) scoredMembers(database, keyspace, recent.key()).within(recent.within()));
            case CountQuery.UnexpiredMembers(String key) ->
                index((double) scoredMembers(database, keyspace, key).unexpired());
            case CountQuery.MatchingKeys matching ->
                throw new UnsupportedOperationException("keys are not counted by pattern yet: " + matching.pattern());
        };
    }

    private Count index(double value) {
        return Count.index(value, clock.instant());
    }

    /** All keys as soon as one primary does not tell: a sum of some would be a partial count. */
    private static double expiringKeys(Keyspace keyspace) {
        double sum = 0;
        for (Shard shard : keyspace.shards()) {
            OptionalLong expiring = shard.expiringKeys();
            if (expiring.isEmpty()) {
                return (double) keyspace.size();
            }
            sum += (double) expiring.getAsLong();
        }
        return sum;
    }

    private ScoredMembers scoredMembers(Database database, Keyspace keyspace, String key) {
        ServerClock serverClock = serverClocks.computeIfAbsent(database, _ -> new ServerClock(keyspace, clock));
        return scoredMembers.computeIfAbsent(
                new Key(database, key), _ -> new ScoredMembers(keyspace, key, serverClock, clock));
    }
}
