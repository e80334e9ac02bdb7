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
 * Internal errors: those caused neither by Redis nor by a user. Each kind is logged once, with its stack trace; all are
 * counted, per process. Thread-safe.
 */
public final class InternalErrors {

    private static final Logger LOG = LoggerFactory.getLogger(InternalErrors.class);

    private static final ConcurrentMap<String, LongAdder> COUNTS = new ConcurrentHashMap<>();
    private static final Set<ErrorKind> LOGGED = ConcurrentHashMap.newKeySet();

    private record ErrorKind(String task, Class<?> thrown) {}

    private InternalErrors() {}

    /**
     * Counts the error, and logs it if it is the first of its class in this task. Throws nothing, even if memory or threads
     * have run out.
     *
     * @param task name of the work: a few words that are the same each time; a label of the metric
     */
    @SuppressWarnings("CatchAndPrintStackTrace")
    public static void report(String task, Throwable thrown) {
        try {
            COUNTS.computeIfAbsent(task, _ -> new LongAdder()).increment();
            if (LOGGED.add(new ErrorKind(task, thrown.getClass()))) {
                LOG.atError()
                        .addKeyValue("task", task)
                        .setCause(thrown)
                        .log("Internal error; the scaler continues. Further errors of this kind are only counted");
            }
        } catch (Throwable unreportable) {
            // a failure to count or log must not stop the work
        }
    }

    /** Number of errors by task since the process started. */
    public static Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        COUNTS.forEach((task, count) -> counts.put(task, count.sum()));
        return counts;
    }
}
