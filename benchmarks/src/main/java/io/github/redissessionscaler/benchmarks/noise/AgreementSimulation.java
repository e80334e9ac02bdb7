package io.github.redissessionscaler.benchmarks.noise;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.pattern.CountingOptions;
import io.github.redissessionscaler.counting.pattern.Estimates;
import io.github.redissessionscaler.counting.pattern.KeyFilter;
import io.github.redissessionscaler.counting.pattern.PatternEntry;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Two replicas of the scaler that estimate the same pattern on one simulated server, without a connection between them. */
final class AgreementSimulation {

    private static final MatchingKeys QUERY = MatchingKeys.of("session:*").withAccuracy(Accuracy.ESTIMATE);
    private static final KeyFilter FILTER = KeyFilter.of(QUERY);

    /** How often the numbers of both are compared. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Between two slots, since both visit the server at the beginning of one. */
    private static final Duration LOOK_AFTER = Duration.ofMillis(180);

    /** How often the number of sessions changes. */
    private static final Duration CHANGE = Duration.ofMinutes(1);

    /**
     * By how much the numbers differed, as a part of the sessions.
     *
     * @param numbers how many different numbers the first replica reported
     */
    record Difference(double mean, double largest, int numbers) {}

    private final class Replica {
        private final Estimates estimates;
        private final PatternEntry entry = new PatternEntry(QUERY, server.now());
        private Instant due = server.now();

        Replica(Duration skew) {
            estimates = new Estimates(
                    new SimulatedKeyspace(server),
                    () -> server.now().plus(skew),
                    server::nanoTime,
                    CountingOptions.DEFAULT.sampleShare(),
                    CountingOptions.DEFAULT.scanShare() / 2);
        }

        Instant due() {
            return due;
        }

        void round() {
            try {
                Estimates.SampleRound round = estimates.round(List.of(FILTER));
                entry.sampled(round.estimates().getFirst(), server.now());
                due = server.now().plusNanos(round.pauseNanos());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        Optional<Double> reported() {
            return Optional.ofNullable(entry.best()).map(Count::value);
        }
    }

    private final SimulatedServer server;
    private final ToIntFunction<Duration> sessions;
    private final Instant begin;
    private final Replica first;
    private final Replica second;
    private Instant nextChange;

    /**
     * The first replica has run for some time, the second one starts now.
     *
     * @param sessions how many there are after so long
     * @param apart how long the first one has run
     * @param skew of the clock of the second one
     */
    AgreementSimulation(SimulatedServer server, ToIntFunction<Duration> sessions, Duration apart, Duration skew) {
        this.server = server;
        this.sessions = sessions;
        this.begin = server.now();
        this.nextChange = begin;
        first = new Replica(Duration.ZERO);
        runUntil(begin.plus(apart), List.of(first));
        second = new Replica(skew);
    }

    /** Runs both for so long. */
    void pass(Duration time) {
        runUntil(server.now().plus(time), List.of(first, second));
    }

    /** Runs both for so long, and compares what they report. */
    Difference during(Duration time) {
        double sum = 0;
        double largest = 0;
        long looks = 0;
        var numbers = new HashSet<Double>();
        for (Instant end = server.now().plus(time); server.now().isBefore(end); ) {
            long seconds = server.now().plus(LOOK).getEpochSecond();
            runUntil(Instant.ofEpochSecond(seconds).plus(LOOK_AFTER), List.of(first, second));
            Optional<Double> one = first.reported();
            Optional<Double> other = second.reported();
            if (one.isPresent() && other.isPresent()) {
                double difference = Math.abs(one.get() - other.get()) / current();
                sum += difference;
                largest = Math.max(largest, difference);
                looks++;
                numbers.add(one.get());
            }
        }
        return new Difference(sum / looks, largest, numbers.size());
    }

    private double current() {
        return sessions.applyAsInt(Duration.between(begin, server.now()));
    }

    private void runUntil(Instant end, List<Replica> replicas) {
        while (true) {
            Replica next =
                    replicas.stream().min(Comparator.comparing(Replica::due)).orElseThrow();
            if (next.due().isAfter(end)) {
                passUntil(end);
                return;
            }
            passUntil(next.due());
            change();
            next.round();
        }
    }

    private void change() {
        if (!server.now().isBefore(nextChange)) {
            nextChange = nextChange.plus(CHANGE);
            server.setSessions((int) current(), 1);
        }
    }

    private void passUntil(Instant time) {
        server.pass(Math.max(0, Duration.between(server.now(), time).toNanos()));
    }
}
