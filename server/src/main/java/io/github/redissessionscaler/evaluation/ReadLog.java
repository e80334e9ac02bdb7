package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.LeastRecentlyUsed;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log when reads begin to fail and when they go well again, once each: for what passes by itself once for a
 * database, for what does not once for each read. What fails and goes well in turns is told of every ten seconds at most.
 * Thread-safe.
 */
final class ReadLog {

    private static final Logger LOG = LoggerFactory.getLogger(ReadLog.class);

    /** How long after telling of a failure another one is not told of. */
    static final Duration QUIET = Duration.ofSeconds(10);

    /** A read that fails for good and is forgotten is logged once more. */
    private static final int REMEMBERED = 1000;

    /** What the log has said of one database or read. */
    private static final class Told {
        private boolean failing;
        private Instant quietUntil = Instant.MIN;

        /** Returns whether the failure is to be told. */
        synchronized boolean failed(Instant now) {
            if (failing || now.isBefore(quietUntil)) {
                return false;
            }
            failing = true;
            quietUntil = now.plus(QUIET);
            return true;
        }

        /** Returns whether the end of a failure is to be told. */
        synchronized boolean answered() {
            boolean news = failing;
            failing = false;
            return news;
        }
    }

    private final LeastRecentlyUsed<Object, Boolean> failing = new LeastRecentlyUsed<>(REMEMBERED);
    private final LeastRecentlyUsed<Object, Told> told = new LeastRecentlyUsed<>(REMEMBERED);
    private final InstantSource clock;

    ReadLog(InstantSource clock) {
        this.clock = clock;
    }

    void failed(Database database, Object read, KeyspaceException failure) {
        Object subject = failure.reason().permanent() ? read : database;
        failing.add(subject, true);
        if (told(subject).failed(clock.instant())) {
            LOG.atWarn()
                    .addKeyValue("connection", database.connection())
                    .addKeyValue("reason", failure.reason())
                    .log(
                            "Redis does not answer, each trigger gets what its onUnavailable says: {}",
                            failure.getMessage());
        }
    }

    void answered(Database database, Object read) {
        if (failing.isEmpty()) {
            return;
        }
        boolean readIsNews = failing.remove(read) && told(read).answered();
        boolean databaseIsNews = failing.remove(database) && told(database).answered();
        if (readIsNews || databaseIsNews) {
            LOG.atInfo().addKeyValue("connection", database.connection()).log("Redis answers again");
        }
    }

    private Told told(Object subject) {
        return told.computeIfAbsent(subject, _ -> new Told());
    }
}
