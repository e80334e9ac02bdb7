package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How the values reported for a trigger come about.
 *
 * @param counted what is counted, for people to read
 * @param count the last count from Redis
 * @param missed why there is no count, if there is none
 * @param target the current target, in sessions per replica
 * @param targetProblem why the value of {@code sessionSizeKey} is not used as the target, if so
 * @param forecast what the trigger expects; empty without {@code lookAhead}
 * @param scan progress of the running scan of the database, if any
 * @param advice layout warnings, each a sentence
 * @param now for computing ages
 */
public record Explanation(
        String counted,
        Optional<Count> count,
        Optional<LastReading.MissedReading> missed,
        double target,
        Optional<String> targetProblem,
        Optional<ForecastStatus> forecast,
        Optional<ScanProgress> scan,
        List<String> advice,
        Instant now) {}
