package io.github.redissessionscaler.keda;

import io.github.redissessionscaler.hpa.Decision;
import io.github.redissessionscaler.hpa.DecisionReason;
import io.github.redissessionscaler.hpa.MetricReading;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * KEDA 2.21 at work on one ScaledObject: it starts the first replicas and ends the last, and passes the metrics on to the HPA.
 * An answer that it keeps is one after the fallback: a failure that the fallback replaces is an active trigger with the
 * fallback's value. Time must not run backwards. Not for use by several threads.
 */
final class KedaSimulator {

    private static final double MILLI = 1000;

    private final ScaledObject spec;
    private final Instant created;
    private final Map<Integer, Long> failures = new HashMap<>();
    private Optional<Instant> lastActive = Optional.empty();
    private Optional<List<ScalerResponse>> polled = Optional.empty();
    private Optional<List<ScalerResponse>> seenByHpa = Optional.empty();
    private boolean hpaHasMetrics;

    KedaSimulator(ScaledObject spec, Instant created) {
        this.spec = spec;
        this.created = created;
    }

    /** One poll. The triggers' scalers are asked only if KEDA does not rely on what it passed on to the HPA last. */
    Decision poll(long current, Supplier<List<ScalerResponse>> triggers, Instant now) {
        List<ScalerResponse> answers = seenByHpa
                .filter(seen -> hpaHasMetrics && spec.pollsAreLeftToHpa())
                .orElseGet(() -> withFallback(triggers.get(), current));
        polled = Optional.of(answers);
        boolean active = answers.stream()
                .anyMatch(answer -> answer instanceof ScalerResponse.MetricValues numbers && numbers.active());
        boolean failed = answers.stream().anyMatch(ScalerResponse.Failure.class::isInstance);
        return active ? active(current, failed, now) : inactive(current, failed, now);
    }

    /** A trigger is active. */
    Decision active(long current, boolean failed, Instant now) {
        boolean starts = current == 0 || (spec.idleReplicas().isPresent() && current < spec.minReplicas());
        if (starts || !failed) {
            lastActive = Optional.of(now);
        }
        return starts
                ? new Decision(spec.hpaMinimum(), DecisionReason.ACTIVE)
                : new Decision(current, DecisionReason.UNCHANGED);
    }

    private Decision inactive(long current, boolean failed, Instant now) {
        if (failed && spec.fallback().map(fallback -> fallback.replicas() > 0).orElse(true)) {
            return new Decision(current, DecisionReason.UNCHANGED);
        }
        long least = spec.idleReplicas().orElse(spec.minReplicas());
        boolean endsSome = spec.idleReplicas().isPresent() || spec.minReplicas() == 0;
        if (endsSome && current > least) {
            return cooledDown(now)
                    ? new Decision(least, DecisionReason.COOLED_DOWN)
                    : new Decision(current, DecisionReason.UNCHANGED);
        }
        return spec.idleReplicas().isEmpty() && current < spec.minReplicas()
                ? new Decision(spec.minReplicas(), DecisionReason.MINIMUM)
                : new Decision(current, DecisionReason.UNCHANGED);
    }

    /** KEDA keeps the time of the last activity in whole seconds, rounded down, so the poll that is due then comes after it. */
    private boolean cooledDown(Instant now) {
        Instant since = lastActive.orElse(created);
        Duration cooldown = lastActive.isPresent() ? spec.cooldown() : spec.initialCooldown();
        return !since.plus(cooldown).isAfter(now);
    }

    /** What the HPA learns when it asks for every metric. With cached metrics the scalers are not asked again. */
    List<MetricReading> readings(long current, Supplier<List<ScalerResponse>> triggers) {
        Supplier<List<ScalerResponse>> source = spec.useCachedMetrics() ? () -> polled.orElseGet(triggers) : triggers;
        List<ScalerResponse> answers = withFallback(source.get(), current);
        seenByHpa = Optional.of(answers);
        return answers.stream().map(KedaSimulator::reading).toList();
    }

    /** The HPA's condition {@code ScalingActive}, which KEDA reads at its next poll. */
    void hpaHasMetrics(boolean has) {
        hpaHasMetrics = has;
    }

    private static MetricReading reading(ScalerResponse answer) {
        return switch (answer) {
            case ScalerResponse.MetricValues numbers -> new MetricReading.Value(numbers.value(), numbers.target());
            case ScalerResponse.Failure(double target) -> new MetricReading.Missing();
        };
    }

    /** Counts the failures in a row, and puts the fallback in the place of those beyond the threshold. */
    private List<ScalerResponse> withFallback(List<ScalerResponse> answers, long current) {
        return IntStream.range(0, answers.size())
                .mapToObj(trigger -> withFallback(trigger, answers.get(trigger), current))
                .toList();
    }

    private ScalerResponse withFallback(int trigger, ScalerResponse answer, long current) {
        return switch (answer) {
            case ScalerResponse.MetricValues numbers -> {
                failures.remove(trigger);
                yield numbers;
            }
            case ScalerResponse.Failure failure -> {
                long inARow = failures.merge(trigger, 1L, Long::sum);
                yield spec.fallback()
                        .filter(fallback -> inARow > fallback.failureThreshold())
                        .<ScalerResponse>map(fallback -> inPlaceOf(failure, fallback.replicas(current)))
                        .orElse(failure);
            }
        };
    }

    private static ScalerResponse inPlaceOf(ScalerResponse.Failure failure, long replicas) {
        double thousandths = Math.floor(failure.target() * MILLI * (double) replicas);
        return new ScalerResponse.MetricValues(thousandths / MILLI, failure.target(), true);
    }
}
