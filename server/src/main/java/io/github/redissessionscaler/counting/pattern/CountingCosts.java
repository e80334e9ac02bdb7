package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;

/** Is told what counting by pattern costs, as it happens. Calls come from several threads and must return at once. */
public interface CountingCosts {

    /** It has counted. */
    String OK = "OK";

    /** It got to the end, and counts for nothing, since keys moved from one primary to another meanwhile. */
    String MOVED = "MOVED";

    /** Nobody is told. */
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
     * @param serverNanos of the server's time, as far as the caller can tell: rather too much than too little
     */
    void visited(Database database, Method method, long keys, long serverNanos);

    /**
     * A scan of all keys has ended.
     *
     * @param outcome {@link #OK}, {@link #MOVED}, or the name of the reason why it did not get to the end
     */
    void scanned(Database database, Duration took, String outcome);
}
