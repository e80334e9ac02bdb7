package io.github.redissessionscaler.reading;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log when the reads of a database begin to fail and when they succeed again, once each, and every ten seconds at
 * most. It is about the database alone: what Redis refuses to one trigger, and errors of our own, are logged elsewhere. Thread-safe.
 */
public final class AvailabilityLog {

    private static final Logger LOG = LoggerFactory.getLogger(AvailabilityLog.class);

    /** How long after a failure was logged another one is not. */
    static final Duration QUIET = Duration.ofSeconds(10);

    /** A database that fails for good and is forgotten is logged once more. */
    private static final int REMEMBERED = 1000;

    /** What the log has said of one database. */
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

    void failed(Database database, KeyspaceException failure) {
        if (failure.reason().answered()) {
            return;
        }
        failing.add(database, true);
        if (logged(database).failed(clock.instant())) {
            LOG.atWarn()
                    .addKeyValue("connection", database.connection())
                    .addKeyValue("reason", failure.reason())
                    .log(
                            failure.reason().unauthenticated()
                                    ? "Redis refuses the scaler's credentials; each trigger gets what its"
                                            + " onUnavailable says: {}"
                                    : "Redis does not answer; each trigger gets what its onUnavailable says: {}",
                            failure.getMessage());
        }
    }

    void answered(Database database) {
        if (!failing.isEmpty() && failing.remove(database) && logged(database).answered()) {
            LOG.atInfo().addKeyValue("connection", database.connection()).log("Redis answers again");
        }
    }

    private Logged logged(Database database) {
        return logged.computeIfAbsent(database, _ -> new Logged());
    }
}
