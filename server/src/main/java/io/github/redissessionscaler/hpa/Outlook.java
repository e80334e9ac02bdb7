package io.github.redissessionscaler.hpa;

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
public record Outlook(long replicas, Duration after, Reason reason) {

    /** Longer than any window, and than the time between two polls. */
    private static final Duration REST = Duration.ofHours(1);

    /** What becomes of so many replicas. Where the HPA may double them, it takes about twenty looks to a million. */
    public static Outlook of(ScaledObject spec, Answer answer, long current) {
        Supplier<List<Answer>> answers = () -> List.of(answer);
        var autoscaler = new Autoscaler(spec, current, Instant.EPOCH);
        Instant changed = Instant.EPOCH;
        Instant nextPoll = Instant.EPOCH;
        long replicas = current;
        Reason reason = Reason.UNCHANGED;
        for (Instant now = Instant.EPOCH;
                !now.isAfter(changed.plus(spec.cooldown()).plus(REST));
                now = now.plus(Autoscaler.SYNC_PERIOD)) {
            if (!nextPoll.isAfter(now)) {
                Decision poll = autoscaler.poll(answers, now);
                reason = poll.replicas() == replicas ? reason : poll.reason();
                nextPoll = now.plus(spec.pollingInterval());
            }
            Decision sync = autoscaler.sync(answers, now);
            reason = sync.reason() == Reason.ZERO && reason == Reason.COOLED_DOWN ? reason : sync.reason();
            changed = sync.replicas() == replicas ? changed : now;
            replicas = sync.replicas();
        }
        return new Outlook(replicas, Duration.between(Instant.EPOCH, changed), reason);
    }
}
