package io.github.redissessionscaler.benchmarks.noise;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.pattern.CountingOptions;
import io.github.redissessionscaler.counting.pattern.Estimates;
import io.github.redissessionscaler.counting.pattern.KeyFilter;
import io.github.redissessionscaler.counting.pattern.PatternEntry;
import io.github.redissessionscaler.hpa.ReplicaCalculator;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoublePredicate;

/** One pattern that is estimated on a simulated server, as the scaler does it, and the replicas that come of it. */
final class NoiseSimulation {

    /** What the scaler ships with: the part of a server's time that samples take. */
    private static final double SHARE = CountingOptions.DEFAULT.sampleShare();

    private static final double FIRST_SHARE = CountingOptions.DEFAULT.scanShare() / 2;

    /** How often the HPA looks. */
    private static final Duration SYNC_PERIOD = Duration.ofSeconds(15);

    private static final KeyFilter FILTER = KeyFilter.of(query());

    /**
     * What was reported in a time.
     *
     * @param values the different numbers, in the order in which they came
     * @param replicas the different numbers of replicas that an HPA wanted meanwhile
     * @param lowestSampled the lowest estimate of the samples, which is not reported
     */
    record Reported(Set<Double> values, Set<Long> replicas, double lowestSampled, double highestSampled) {

        double lowest() {
            return values.stream().mapToDouble(value -> value).min().orElse(Double.NaN);
        }

        double highest() {
            return values.stream().mapToDouble(value -> value).max().orElse(Double.NaN);
        }
    }

    private final SimulatedServer server;
    private final Estimates estimates;
    private final PatternEntry entry;
    private final double target;
    private Instant nextSync;
    private Instant lastRound;
    private long replicas = 1;

    /**
     * Nothing is sampled yet.
     *
     * @param target sessions per replica
     */
    NoiseSimulation(SimulatedServer server, double target) {
        this.server = server;
        this.target = target;
        var keyspace = new SimulatedKeyspace(server);
        estimates = new Estimates(keyspace, server::now, server::nanoTime, SHARE, FIRST_SHARE);
        entry = new PatternEntry(query(), server.now());
        nextSync = server.now();
        lastRound = server.now();
    }

    private static MatchingKeys query() {
        return MatchingKeys.of("session:*").withAccuracy(Accuracy.ESTIMATE);
    }

    /** Samples until there is a number to report, and returns how long that took. */
    Duration first() {
        Instant begin = server.now();
        while (reported().isEmpty()) {
            round();
        }
        return Duration.between(begin, lastRound);
    }

    /** The number that is reported now. */
    Optional<Count> reported() {
        return Optional.ofNullable(entry.best());
    }

    /** Whether it comes with a warning. */
    boolean warns() {
        return !entry.doubts().isEmpty();
    }

    /** How long it takes until the reported number meets the condition; empty if it does not within an hour. */
    Optional<Duration> until(DoublePredicate condition) {
        Instant begin = server.now();
        Instant end = begin.plus(Duration.ofHours(1));
        while (!condition.test(reported().orElseThrow().value())) {
            if (server.now().isAfter(end)) {
                return Optional.empty();
            }
            round();
        }
        return Optional.of(Duration.between(begin, lastRound));
    }

    /** Samples for so long. */
    Reported during(Duration time) {
        Set<Double> values = new LinkedHashSet<>();
        Set<Long> wanted = new LinkedHashSet<>();
        double lowest = Double.POSITIVE_INFINITY;
        double highest = 0;
        reported().ifPresent(count -> values.add(count.value()));
        for (Instant end = server.now().plus(time); server.now().isBefore(end); ) {
            double sampled = round();
            lowest = Math.min(lowest, sampled);
            highest = Math.max(highest, sampled);
            reported().ifPresent(count -> values.add(count.value()));
            if (!server.now().isBefore(nextSync)) {
                nextSync = server.now().plus(SYNC_PERIOD);
                reported().ifPresent(count -> {
                    replicas = ReplicaCalculator.DEFAULT.desiredReplicas(count.value(), target, replicas);
                    wanted.add(replicas);
                });
            }
        }
        return new Reported(values, wanted, lowest, highest);
    }

    private double round() {
        Estimates.SampleRound round;
        try {
            round = estimates.round(List.of(FILTER));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Estimates.Estimate newest = round.estimates().getFirst();
        lastRound = server.now();
        entry.sampled(newest, lastRound);
        server.pass(round.pauseNanos());
        return newest.value();
    }
}
