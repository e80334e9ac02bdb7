package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.forecast.ExpectedSessions;
import io.github.redissessionscaler.forecast.Forecast;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The forecast of a trigger with {@code lookAhead}, and what it reported last. Takes at most 1 KiB. Thread-safe.
 *
 * <p>Readings get the time at which Redis was read, so a count by pattern that was reported before is ignored.
 */
final class TriggerForecast {

    private final Forecast forecast;
    private @Nullable ExpectedSessions last;
    private boolean fallbackLogged;

    /**
     * A forecast without readings.
     *
     * @param lookAhead more than 0, at most {@link Forecast#LONGEST_LOOK_AHEAD}
     */
    TriggerForecast(Duration lookAhead) {
        forecast = Forecast.forLookAhead(lookAhead);
    }

    /** Adds a reading. Returns whether the forecasts are not used from now on, because they were not better than persistence. */
    synchronized boolean read(Count count) {
        forecast.read(count.value(), count.standardError(), count.asOf());
        boolean fellBack = !fallbackLogged && forecast.quality().fellBack();
        fallbackLogged |= fellBack;
        return fellBack;
    }

    /** The sessions to report: the larger of these and the expected ones. */
    synchronized double report(double sessions, Instant at) {
        last = forecast.expectation(sessions, at);
        return last.reported();
    }

    /** What was reported last, unless Redis is unavailable, and the accuracy of the forecasts. */
    synchronized ForecastStatus status(Duration lookAhead, boolean available) {
        return new ForecastStatus(lookAhead, Optional.ofNullable(last).filter(_ -> available), forecast.quality());
    }
}
