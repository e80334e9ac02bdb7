package io.github.redissessionscaler.reading;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs when the reads of a database start to fail and when they succeed again, at most every ten seconds. Reads that Redis
 * refuses to one trigger and internal errors are logged elsewhere. Thread-safe.
 */
public final class AvailabilityLog {

    private static final Logger LOG = LoggerFactory.getLogger(AvailabilityLog.class);

    /** Time between two logged failures. */
    static final Duration QUIET = Duration.ofSeconds(10);

    /** Most databases kept; an evicted one that still fails is logged again. */
    private static final int REMEMBERED = 1000;

    /** What was logged of one database. */
    private static final class Logged {
        private boolean failing;
        private Instant quietUntil = Instant.MIN;

        /** Returns whether the failure is to be logged. */
        synchronized boolean failed(Instant now) {
            if (failing || now.isBefore(quietUntil)) {
                return false;
            }
            failing = true;
            quietUntil = now.plus(QUIET);
            return true;
        }

        /** Returns whether the end of a failure is to be logged. */
        synchronized boolean answered() {
            boolean news = failing;
            failing = false;
            return news;
        }
    }

    private final LeastRecentlyUsed<Database, Boolean> failing = new LeastRecentlyUsed<>(REMEMBERED);
    private final LeastRecentlyUsed<Database, Logged> logged = new LeastRecentlyUsed<>(REMEMBERED);
    private final InstantSource clock;

    AvailabilityLog(InstantSource clock) {
        this.clock = clock;
    }

    /** @param thrown how a read of the database has failed, or null if it has not */
    void ended(Database database, @Nullable Throwable thrown) {
        if (thrown == null) {
            answered(database);
        } else if (Futures.failure(thrown) instanceof KeyspaceException failure) {
            failed(database, failure);
        }
    }

    void failed(Database database, KeyspaceException failure) {
        if (failure.reason().redisAvailable()) {
            return;
        }
        failing.add(database, true);
        if (logged(database).failed(clock.instant())) {
            LOG.atWarn()
                    .addKeyValue("connection", database.connection())
                    .addKeyValue("reason", failure.reason())
                    .log(
                            failure.reason().unauthenticated()
                                    ? "Redis refuses the scaler's credentials; the onUnavailable of each trigger"
                                            + " takes effect: {}"
                                    : "Redis is unavailable; the onUnavailable of each trigger takes effect: {}",
                            failure.getMessage());
        }
    }

    void answered(Database database) {
        if (!failing.isEmpty() && failing.remove(database) && logged(database).answered()) {
            LOG.atInfo().addKeyValue("connection", database.connection()).log("Redis is available again");
        }
    }

    private Logged logged(Database database) {
        return logged.computeIfAbsent(database, _ -> new Logged());
    }
}
