package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.forecast.ExpectedSessions;
import io.github.redissessionscaler.forecast.Forecast;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The forecast of a trigger with {@code lookAhead}, and what it reported last. Takes at most 1 KiB. Triggers that count the same may
 * share a forecast. Thread-safe.
 *
 * <p>Readings get the time at which Redis was read, so a count by pattern that was reported before is ignored.
 */
final class TriggerForecast {

    /** Also the lock. */
    private final Forecast forecast;

    private @Nullable ExpectedSessions last;
    private boolean fallbackLogged;

    /**
     * A forecast without readings.
     *
     * @param lookAhead more than 0, at most {@link Forecast#LONGEST_LOOK_AHEAD}
     */
    TriggerForecast(Duration lookAhead) {
        this(Forecast.forLookAhead(lookAhead), false);
    }

    private TriggerForecast(Forecast forecast, boolean fallbackLogged) {
        this.forecast = forecast;
        this.fallbackLogged = fallbackLogged;
    }

    /** For another trigger of the same source and {@code lookAhead}: continues with what was read, and nothing was reported yet. */
    TriggerForecast shared() {
        synchronized (forecast) {
            return new TriggerForecast(forecast, fallbackLogged);
        }
    }

    /** Adds a reading. Returns whether the forecasts are not used from now on, because they were not better than persistence. */
    boolean read(Count count) {
        synchronized (forecast) {
            forecast.read(count.value(), count.standardError(), count.asOf());
            boolean fellBack = !fallbackLogged && forecast.quality().fellBack();
            fallbackLogged |= fellBack;
            return fellBack;
        }
    }

    /** The sessions to report: the larger of these and the expected ones. */
    double report(double sessions, Instant at) {
        synchronized (forecast) {
            last = forecast.expectation(sessions, at);
            return last.reported();
        }
    }

    /** The sessions to report while a value is held: what was reported last, so that nothing changes. */
    double held(double sessions) {
        synchronized (forecast) {
            return last == null ? sessions : Math.max(sessions, last.reported());
        }
    }

    /** What was reported last, unless Redis is unavailable, and the accuracy of the forecasts. */
    ForecastStatus status(Duration lookAhead, boolean available) {
        synchronized (forecast) {
            return new ForecastStatus(
                    lookAhead, available, Optional.ofNullable(last).filter(_ -> available), forecast.quality());
        }
    }
}
