package io.github.redissessionscaler.keda;

import io.github.redissessionscaler.hpa.Decision;
import io.github.redissessionscaler.hpa.DecisionReason;
import io.github.redissessionscaler.hpa.MetricReading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Simulates KEDA 2.21 for one ScaledObject: it starts the first replicas, removes the last, and passes the metrics to the HPA.
 * The responses it stores are those after the fallback: a failure that the fallback replaces is an active trigger with the
 * fallback's value. Time must not go backwards. Not thread-safe.
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

    /** One poll. Calls the scalers only if KEDA does not reuse the responses that it last passed to the HPA. */
    Decision poll(long current, Supplier<List<ScalerResponse>> triggers, Instant now) {
        List<ScalerResponse> responses = seenByHpa
                .filter(seen -> hpaHasMetrics && spec.pollsAreLeftToHpa())
                .orElseGet(() -> withFallback(triggers.get(), current));
        polled = Optional.of(responses);
        boolean active = false;
        boolean failed = false;
        for (ScalerResponse response : responses) {
            active |= response instanceof ScalerResponse.MetricValues values && values.active();
            failed |= response instanceof ScalerResponse.Failure;
        }
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

    /** KEDA truncates the time of the last activity to seconds, so a poll exactly at the end of the cooldown counts as after it. */
    private boolean cooledDown(Instant now) {
        Instant since = lastActive.orElse(created);
        Duration cooldown = lastActive.isPresent() ? spec.cooldown() : spec.initialCooldown();
        return !since.plus(cooldown).isAfter(now);
    }

    /** What the HPA reads for each metric. With cached metrics the scalers are not called again. */
    List<MetricReading> readings(long current, Supplier<List<ScalerResponse>> triggers) {
        Supplier<List<ScalerResponse>> source = spec.useCachedMetrics() ? () -> polled.orElseGet(triggers) : triggers;
        List<ScalerResponse> responses = withFallback(source.get(), current);
        seenByHpa = Optional.of(responses);
        List<MetricReading> readings = new ArrayList<>(responses.size());
        for (ScalerResponse response : responses) {
            readings.add(reading(response));
        }
        return readings;
    }

    /** The HPA's condition {@code ScalingActive}, which KEDA reads at its next poll. */
    void hpaHasMetrics(boolean has) {
        hpaHasMetrics = has;
    }

    private static MetricReading reading(ScalerResponse response) {
        return switch (response) {
            case ScalerResponse.MetricValues values -> new MetricReading.Value(values.value(), values.target());
            case ScalerResponse.Failure(double target) -> new MetricReading.Missing();
        };
    }

    /** Counts consecutive failures, and replaces those beyond the threshold by the fallback. */
    private List<ScalerResponse> withFallback(List<ScalerResponse> responses, long current) {
        List<ScalerResponse> after = new ArrayList<>(responses.size());
        for (int trigger = 0; trigger < responses.size(); trigger++) {
            after.add(withFallback(trigger, responses.get(trigger), current));
        }
        return after;
    }

    private ScalerResponse withFallback(int trigger, ScalerResponse response, long current) {
        return switch (response) {
            case ScalerResponse.MetricValues values -> {
                failures.remove(trigger);
                yield values;
            }
            case ScalerResponse.Failure failure -> {
                long consecutive = failures.merge(trigger, 1L, Long::sum);
                yield spec.fallback()
                        .filter(fallback -> consecutive > fallback.failureThreshold())
                        .<ScalerResponse>map(fallback -> fallbackFor(failure, fallback.replicas(current)))
                        .orElse(failure);
            }
        };
    }

    private static ScalerResponse fallbackFor(ScalerResponse.Failure failure, long replicas) {
        double thousandths = Math.floor(failure.target() * MILLI * (double) replicas);
        return new ScalerResponse.MetricValues(thousandths / MILLI, failure.target(), true);
    }
}
