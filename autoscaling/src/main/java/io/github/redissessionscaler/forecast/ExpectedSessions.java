package io.github.redissessionscaler.forecast;

/**
 * The sessions of now, and those that are expected.
 *
 * @param now the current sessions
 * @param forecast whether there is a forecast; without one, the other numbers are the current sessions
 * @param expected the expected sessions, from 0 to {@link Forecast#MOST} above now
 * @param reported the expected sessions plus the margin, at least now, and at most {@link Forecast#MOST} above it
 */
public record ExpectedSessions(double now, boolean forecast, double expected, double reported) {

    static ExpectedSessions none(double now) {
        return new ExpectedSessions(now, false, now, now);
    }
}
