package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.forecast.ExpectedSessions;
import io.github.redissessionscaler.forecast.ForecastQuality;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.Numbers;
import java.time.Duration;
import java.util.Optional;

/**
 * What a trigger with {@code lookAhead} expects.
 *
 * @param available whether there is a count from Redis
 * @param sessions what was expected at the last reading that was reported; empty before the first, and in an outage
 * @param quality accuracy of the forecasts of the last hours
 */
public record ForecastStatus(
        Duration lookAhead, boolean available, Optional<ExpectedSessions> sessions, ForecastQuality quality) {

    /** For people: what is reported and why, one or two sentences. */
    public String inWords() {
        if (!available) {
            return "There is no forecast without a count from Redis.";
        }
        if (quality.fellBack()) {
            return "The forecasts of the last hours were not better than the current number (mean errors of %s and %s sessions), so the current number is used%s."
                    .formatted(
                            rounded(quality.error()),
                            rounded(quality.errorOfNow()),
                            sessions.filter(ExpectedSessions::forecast)
                                    .map(known -> ", and reported as %s with a margin for its usual change"
                                            .formatted(whole(known.reported())))
                                    .orElse(""));
        }
        return sessions.filter(ExpectedSessions::forecast)
                .map(known ->
                        "In %s, %s sessions are expected; with a margin, %s are reported. The forecasts of the last hours had a mean error of %s sessions, the current number one of %s."
                                .formatted(
                                        Durations.format(lookAhead),
                                        whole(known.expected()),
                                        whole(known.reported()),
                                        rounded(quality.error()),
                                        rounded(quality.errorOfNow())))
                .orElse("There is no forecast, so the current number is used. A forecast needs readings of about 20"
                        + " minutes, and of four minutes after an outage.");
    }

    private static String whole(double sessions) {
        return Numbers.withCommas(Math.rint(sessions));
    }

    private static String rounded(double error) {
        return Numbers.withCommas(Math.rint(10 * error) / 10);
    }
}
