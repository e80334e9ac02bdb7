package io.github.redissessionscaler.push;

import java.time.Duration;

/**
 * How often a database is polled. Where events are seen to come, seldom; where not, often after a change and twice as long
 * after each poll that found none. For one thread at a time.
 */
final class PollBackoff {

    /** Whether changes are announced. */
    enum Mode {
        /** An event has come since the last interruption, and no change without one. */
        EVENTS,
        /** No event has come yet, or a change came without one. */
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

    /** A round is over. A change that no event announced says that events cannot be relied on. */
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
