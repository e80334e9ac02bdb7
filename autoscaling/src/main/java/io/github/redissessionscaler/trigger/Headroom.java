package io.github.redissessionscaler.trigger;

/** Spare capacity, added to the count before it is rounded. */
public sealed interface Headroom {

    double addedTo(double sessions);

    /** A number of sessions, not negative. */
    record Sessions(double spare) implements Headroom {
        @Override
        public double addedTo(double sessions) {
            return sessions + spare;
        }
    }

    /** A part of the count, in percent, not negative. */
    record ByPercent(double percent) implements Headroom {
        @Override
        public double addedTo(double sessions) {
            return sessions * (1 + percent / 100);
        }
    }
}
