package io.github.redissessionscaler.background;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;

/** Limits log lines of one kind, and logs how many were dropped. Thread-safe. */
public final class LogLimit {

    /** Most lines per {@link #WITHIN}. */
    public static final int MOST = 20;

    public static final Duration WITHIN = Duration.ofMinutes(1);

    private final Logger log;
    private final String kind;
    private final InstantSource clock;
    private Instant windowEnd = Instant.MIN;
    private int logged;
    private long dropped;

    /**
     * A limit on lines of one kind.
     *
     * @param kind what the lines are about, in the plural
     * @param clock one that does not jump
     */
    public LogLimit(Logger log, String kind, InstantSource clock) {
        this.log = log;
        this.kind = kind;
        this.clock = clock;
    }

    /** Logs the line, or counts it as dropped. */
    public synchronized void log(Runnable line) {
        Instant now = clock.instant();
        if (!now.isBefore(windowEnd)) {
            windowEnd = now.plus(WITHIN);
            logged = 0;
            if (dropped > 0) {
                log.atWarn().addKeyValue("number", dropped).log("More {} were not logged", kind);
                dropped = 0;
            }
        }
        if (logged == MOST) {
            dropped++;
            return;
        }
        logged++;
        line.run();
        if (logged == MOST) {
            log.atWarn()
                    .addKeyValue("seconds", WITHIN.toSeconds())
                    .log("Too many {}; further ones are counted and not logged for a while", kind);
        }
    }
}
