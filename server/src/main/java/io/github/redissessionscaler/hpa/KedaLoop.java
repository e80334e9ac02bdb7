package io.github.redissessionscaler.hpa;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * KEDA at work on one ScaledObject: it starts the first instances and ends the last, and hands the metrics on to the HPA. Time
 * must not run backwards. Not for use by several threads.
 */
final class KedaLoop {

    private final ScaledObject spec;
    private final Instant created;
    private final Map<Integer, Long> failures = new HashMap<>();
    private Optional<Instant> lastActive = Optional.empty();

    KedaLoop(ScaledObject spec, Instant created) {
        this.spec = spec;
        this.created = created;
    }

    /** One poll of every trigger. */
    Decision poll(long current, List<Answer> answers, Instant now) {
        boolean active =
                answers.stream().anyMatch(answer -> answer instanceof Answer.Numbers numbers && numbers.active());
        boolean failed = answers.stream().anyMatch(Answer.Failure.class::isInstance);
        return active ? active(current, failed, now) : inactive(current, failed, now);
    }

    /** A trigger is active. */
    Decision active(long current, boolean failed, Instant now) {
        boolean starts = current == 0 || (spec.idleReplicas().isPresent() && current < spec.minReplicas());
        if (starts || !failed) {
            lastActive = Optional.of(now);
        }
        return starts ? new Decision(spec.hpaMinimum(), Reason.ACTIVE) : new Decision(current, Reason.UNCHANGED);
    }

    private Decision inactive(long current, boolean failed, Instant now) {
        if (failed && spec.fallback().map(fallback -> fallback.replicas() > 0).orElse(true)) {
            return new Decision(current, Reason.UNCHANGED);
        }
        long least = spec.idleReplicas().orElse(spec.minReplicas());
        boolean endsSome = spec.idleReplicas().isPresent() || spec.minReplicas() == 0;
        if (endsSome && current > least) {
            return cooledDown(now) ? new Decision(least, Reason.COOLED_DOWN) : new Decision(current, Reason.UNCHANGED);
        }
        return spec.idleReplicas().isEmpty() && current < spec.minReplicas()
                ? new Decision(spec.minReplicas(), Reason.MINIMUM)
                : new Decision(current, Reason.UNCHANGED);
    }

    private boolean cooledDown(Instant now) {
        Instant since = lastActive.orElse(created);
        Duration cooldown = lastActive.isPresent() ? spec.cooldown() : spec.initialCooldown();
        return since.plus(cooldown).isBefore(now);
    }

    /** What the HPA is told in place of an answer. */
    Reading reading(int trigger, Answer answer, long current) {
        return switch (answer) {
            case Answer.Numbers numbers -> {
                failures.remove(trigger);
                yield new Reading.Value(numbers.value(), numbers.target());
            }
            case Answer.Failure(double target) -> {
                long inARow = failures.merge(trigger, 1L, Long::sum);
                yield spec.fallback()
                        .filter(fallback -> inARow > fallback.failureThreshold())
                        .<Reading>map(
                                fallback -> new Reading.Value((double) fallback.replicas(current) * target, target))
                        .orElseGet(Reading.Missing::new);
            }
        };
    }
}
