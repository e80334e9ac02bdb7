package io.github.redissessionscaler.keda;

import io.github.redissessionscaler.hpa.Decision;
import io.github.redissessionscaler.hpa.DecisionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where the replicas come to rest if the only trigger answers the same from now on.
 *
 * @param replicas that there are in the end
 * @param after how long the last change takes place; zero if there is none
 * @param reason what has the last word then
 */
public record SteadyState(long replicas, Duration after, DecisionReason reason) {

    /** Longer than any window, and than the time between two polls. */
    private static final Duration REST = Duration.ofHours(1);

    /** What becomes of so many replicas. Where the HPA may double them, it takes about twenty looks to a million. */
    static SteadyState of(ScaledObject spec, ScalerResponse answer, long current) {
        Supplier<List<ScalerResponse>> answers = () -> List.of(answer);
        var autoscaler = new Autoscaler(spec, current, Instant.EPOCH);
        Instant changed = Instant.EPOCH;
        Instant nextPoll = Instant.EPOCH;
        long replicas = current;
        DecisionReason reason = DecisionReason.UNCHANGED;
        for (Instant now = Instant.EPOCH;
                !now.isAfter(changed.plus(spec.cooldown()).plus(REST));
                now = now.plus(Autoscaler.SYNC_PERIOD)) {
            if (!nextPoll.isAfter(now)) {
                Decision poll = autoscaler.poll(answers, now);
                reason = poll.replicas() == replicas ? reason : poll.reason();
                nextPoll = now.plus(spec.pollingInterval());
            }
            Decision sync = autoscaler.sync(answers, now);
            reason = sync.reason() == DecisionReason.ZERO && reason == DecisionReason.COOLED_DOWN
                    ? reason
                    : sync.reason();
            changed = sync.replicas() == replicas ? changed : now;
            replicas = sync.replicas();
        }
        return new SteadyState(replicas, Duration.between(Instant.EPOCH, changed), reason);
    }
}
