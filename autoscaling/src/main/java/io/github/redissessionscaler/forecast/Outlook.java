package io.github.redissessionscaler.forecast;

import java.time.Instant;

/**
 * What a {@link Forecast} says until its next reading.
 *
 * @param rise the expected change in sessions; 0 while persistence is used
 * @param margin twice the usual error, in sessions
 * @param until there is no forecast after this time
 */
public record Outlook(float rise, float margin, Instant until) {

    /** There is no forecast. */
    public static final Outlook NONE = new Outlook(0, 0, Instant.MIN);

    /**
     * The expected sessions, without and with the margin; {@code now} if there is no forecast.
     *
     * @param now the current sessions, not negative
     */
    public ExpectedSessions expectation(double now, Instant at) {
        if (at.isAfter(until)) {
            return ExpectedSessions.none(now);
        }
        double expected = now + rise;
        return new ExpectedSessions(now, true, bounded(now, expected), Math.max(now, bounded(now, expected + margin)));
    }

    private static double bounded(double now, double expected) {
        return Math.clamp(expected, 0, now + Forecast.MOST * now);
    }
}
