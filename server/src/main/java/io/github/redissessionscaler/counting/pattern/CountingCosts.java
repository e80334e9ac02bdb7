package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;

/** Records the cost of counting by pattern. Called from several threads; must not block. */
public interface CountingCosts {

    /** The scan succeeded. */
    String OK = "OK";

    /** The scan was discarded, because keys moved between primaries during it. */
    String MOVED = "MOVED";

    /** The scan was ended early, because nobody used its patterns any more. */
    String UNUSED = "UNUSED";

    /** Records nothing. */
    CountingCosts NONE = new CountingCosts() {
        @Override
        public void visited(Database database, Method method, long keys, long serverNanos) {}

        @Override
        public void scanned(Database database, Duration took, String outcome) {}
    };

    /**
     * Some keys were visited.
     *
     * @param method {@link Method#EXACT} in a scan, {@link Method#ESTIMATE} in a sample
     * @param serverNanos estimated time of the server, rather too much than too little
     */
    void visited(Database database, Method method, long keys, long serverNanos);

    /**
     * A full scan has ended.
     *
     * @param outcome {@link #OK}, {@link #MOVED}, {@link #UNUSED}, or the name of the reason of a failure
     */
    void scanned(Database database, Duration took, String outcome);
}
