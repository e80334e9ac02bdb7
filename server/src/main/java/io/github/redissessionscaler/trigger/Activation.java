package io.github.redissessionscaler.trigger;

/** What makes a trigger active. */
public sealed interface Activation {

    /** Active while Redis answers. */
    record Reachable() implements Activation {}

    /** Active while there are more sessions than this; not negative. */
    record MoreThan(double sessions) implements Activation {
        /** Whether so many sessions make it active. */
        public boolean reachedBy(double counted) {
            return counted > sessions;
        }
    }

    /** Active while this key holds {@code 1} or {@code true}. */
    record Flag(String key) implements Activation {}
}
