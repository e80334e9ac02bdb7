package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the answers for a trigger come from.
 *
 * @param counted what is counted, in words
 * @param count the last one that Redis gave
 * @param outage the outage in force
 * @param target that decides now, sessions per replica
 * @param targetProblem why the target is not what {@code sessionSizeKey} holds, if it is not
 * @param scan how far a scan of the database is, if one runs
 * @param advice what does not fit in the way of counting, each a sentence
 * @param now to tell ages by
 */
public record Explanation(
        String counted,
        Optional<Count> count,
        Optional<LastReading.Outage> outage,
        double target,
        Optional<String> targetProblem,
        Optional<ScanProgress> scan,
        List<String> advice,
        Instant now) {}
