package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;

/**
 * Reads once a minute, for each used connection, how many keys Redis has evicted because of maxmemory, and which version the
 * server has. Evicted sessions are lost before they end. Thread-safe.
 */
public final class EvictionMonitor {

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    /** Interval of retries without permission, which may be granted later. */
    private static final Duration WHERE_REFUSED = Duration.ofMinutes(10);

    private final Keyspaces keyspaces;
    private final Executor executor;
    private final Telemetry telemetry;
    private final InstantSource clock;
    private final ConcurrentMap<String, Instant> due = new ConcurrentHashMap<>();

    /**
     * Reads nothing yet.
     *
     * @param executor starts a thread for each read
     */
    public EvictionMonitor(Keyspaces keyspaces, Executor executor, Telemetry telemetry, InstantSource clock) {
        this.keyspaces = keyspaces;
        this.executor = executor;
        this.telemetry = telemetry;
        this.clock = clock;
    }

    /** Starts a read of the connection if one is due. Does not block. */
    public void checkIfDue(Database database) {
        Instant now = clock.instant();
        Instant next = due.putIfAbsent(database.connection(), now.plus(LOOK_AGAIN));
        boolean first = next == null;
        if (first || (!now.isBefore(next) && due.replace(database.connection(), next, now.plus(LOOK_AGAIN)))) {
            executor.execute(() -> look(database));
        }
    }

    private void look(Database database) {
        try {
            long sum = 0;
            for (Shard shard : keyspaces.of(database).shards()) {
                OptionalLong evicted = shard.evictedKeys();
                if (evicted.isEmpty()) {
                    due.put(database.connection(), clock.instant().plus(WHERE_REFUSED));
                    return;
                }
                sum += evicted.getAsLong();
            }
            telemetry.connection(database.connection()).evicted(sum);
            keyspaces.of(database).shards().stream()
                    .findFirst()
                    .flatMap(Shard::productAndVersion)
                    .ifPresent(server ->
                            telemetry.connection(database.connection()).serverIs(server));
        } catch (KeyspaceException e) {
            // counts of this connection fail too
        } catch (Throwable e) {
            InternalErrors.report("eviction check", e);
        }
    }
}
