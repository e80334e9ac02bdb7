package io.github.redissessionscaler.background;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What went wrong in the scaler itself, and is neither Redis's doing nor a user's. Each kind is logged once, with its stack
 * trace; all are counted. One for the process, as the log is. Thread-safe.
 */
public final class InternalErrors {

    private static final Logger LOG = LoggerFactory.getLogger(InternalErrors.class);

    private static final ConcurrentMap<String, LongAdder> COUNTS = new ConcurrentHashMap<>();
    private static final Set<ErrorKind> LOGGED = ConcurrentHashMap.newKeySet();

    private record ErrorKind(String task, Class<?> thrown) {}

    private InternalErrors() {}

    /**
     * Counts the error, and logs it if it is the first of its class in this task. Throws nothing, also where memory or threads
     * have run out.
     *
     * @param task what was done, in a few words that are the same each time; a label of the metric
     */
    @SuppressWarnings("CatchAndPrintStackTrace")
    public static void report(String task, Throwable thrown) {
        try {
            COUNTS.computeIfAbsent(task, _ -> new LongAdder()).increment();
            if (LOGGED.add(new ErrorKind(task, thrown.getClass()))) {
                LOG.atError()
                        .addKeyValue("task", task)
                        .setCause(thrown)
                        .log("Internal error; the work goes on. Further ones of this kind are counted only");
            }
        } catch (Throwable unreportable) {
            // what cannot even be counted must not end the work that wants to go on
        }
    }

    /** How many there have been, by task, since the process started. */
    public static Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        COUNTS.forEach((task, count) -> counts.put(task, count.sum()));
        return counts;
    }
}
