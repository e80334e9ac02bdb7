package io.github.redissessionscaler.push;

import java.time.Duration;

/**
 * How often a database is polled: rarely while keyspace events arrive; otherwise often after a change, and with a doubled
 * interval after each poll without one. Not thread-safe.
 */
final class PollBackoff {

    /** How changes are detected. */
    enum Mode {
        /** An event has arrived since the last interruption, and every change was announced by one. */
        EVENTS,
        /** No event has arrived yet, or a change was not announced. */
        POLL
    }

    private final Duration min;
    private final Duration max;
    private Mode mode = Mode.POLL;
    private Duration interval;

    PollBackoff(Duration min, Duration max) {
        this.min = min;
        this.max = max;
        this.interval = min;
    }

    Mode mode() {
        return mode;
    }

    /** How long to wait for an event before the next poll. */
    Duration interval() {
        return switch (mode) {
            case EVENTS -> max;
            case POLL -> interval;
        };
    }

    void eventCame() {
        mode = Mode.EVENTS;
    }

    void interrupted() {
        mode = Mode.POLL;
        interval = min;
    }

    /** Called after each round. After a change without an event, events are no longer relied on. */
    void roundEnded(boolean announced, boolean changed) {
        if (changed && !announced) {
            mode = Mode.POLL;
        }
        interval = changed ? min : shorter(interval.multipliedBy(2), max);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
