package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.LeastRecentlyUsed;
import io.github.redissessionscaler.trigger.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log when reads begin to fail and when they go well again, once each: for what passes by itself once for a
 * database, for what does not once for each read. Thread-safe.
 */
final class ReadLog {

    private static final Logger LOG = LoggerFactory.getLogger(ReadLog.class);

    /** A read that fails for good and is forgotten is logged once more. */
    private static final int REMEMBERED = 1000;

    private final LeastRecentlyUsed<Object, Boolean> failing = new LeastRecentlyUsed<>(REMEMBERED);

    void failed(Database database, Object read, KeyspaceException failure) {
        if (failing.add(failure.reason().permanent() ? read : database, true)) {
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
        boolean readFailed = failing.remove(read);
        boolean databaseFailed = failing.remove(database);
        if (readFailed || databaseFailed) {
            LOG.atInfo().addKeyValue("connection", database.connection()).log("Redis answers again");
        }
    }
}
