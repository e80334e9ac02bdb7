package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.hpa.Decision;
import io.github.redissessionscaler.keda.Autoscaler;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.keda.ScalerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plays a load curve second by second: KEDA polls, the HPA looks, replicas start and end. The same curve and the same setup
 * come to the same.
 */
public final class Simulation {

    private static final long NEVER = -1;
    private static final long SYNC_SECONDS = Autoscaler.SYNC_PERIOD.toSeconds();

    private final LoadCurve.Cursor curve;
    private final Span span;
    private final Scenario setup;
    private final double capacity;
    private final Instant start;
    private final long startMillis;
    private final SimulatedScaler answers;
    private final Autoscaler autoscaler;
    private final SimulatedReplicas replicas;
    private final long atFirst;

    private final List<Outcome.ReplicaChange> changes = new ArrayList<>();
    private final List<Outcome.Serving> serving = new ArrayList<>();
    private final List<Span> overloads = new ArrayList<>();
    private Optional<Outcome.Worst> worst = Optional.empty();
    private double mostTooMany;
    private long overloadedSince = NEVER;
    private long replicaSeconds;

    private Simulation(LoadCurve curve, Scenario setup, double capacity, Optional<CurveForecast> forecast) {
        this.curve = curve.cursor();
        this.span = curve.span();
        this.setup = setup;
        this.capacity = capacity;
        this.start = span.from();
        this.startMillis = start.toEpochMilli();
        this.answers = new SimulatedScaler(setup, forecast);
        this.atFirst = new ReplicaForecast(setup.scaledObject(), answer(start), 1).neededWithinLimits();
        this.autoscaler = new Autoscaler(setup.scaledObject(), atFirst, start);
        this.replicas = new SimulatedReplicas(atFirst, setup.startup().toSeconds());
    }

    /**
     * What comes of it.
     *
     * @param capacity sessions that a replica can take, more than 0
     */
    public static Outcome run(LoadCurve curve, Scenario setup, double capacity) {
        return run(
                curve,
                setup,
                capacity,
                Optional.of(setup.trigger().lookAhead())
                        .filter(Duration::isPositive)
                        .map(lookAhead -> CurveForecast.of(curve, lookAhead)));
    }

    /**
     * The same with the forecasts of this curve.
     *
     * @param forecast of the setup's {@code lookAhead}; empty if that is 0
     */
    static Outcome run(LoadCurve curve, Scenario setup, double capacity, Optional<CurveForecast> forecast) {
        return new Simulation(curve, setup, capacity, forecast).outcome();
    }

    private Outcome outcome() {
        long end = Math.max(1, span.length().toSeconds());
        long second = 0;
        while (second < end) {
            scale(second);
            long ready = replicas.ready(second);
            long next = Math.min(end, nextEvent(second));
            account(second, next, ready);
            second = next;
        }
        endOverload(end);
        return new Outcome(setup, atFirst, changes, serving, overloads, worst, Duration.ofSeconds(replicaSeconds));
    }

    /** The next second at which anything may change but the sessions. */
    private long nextEvent(long second) {
        if (followsPushes()) {
            return second + 1;
        }
        long poll = setup.scaledObject().pollingInterval().toSeconds();
        long nextPoll = second - second % poll + poll;
        long nextSync = second - second % SYNC_SECONDS + SYNC_SECONDS;
        return Math.min(Math.min(nextPoll, nextSync), replicas.nextReady());
    }

    /** A push starts the first replicas, and renews the time of the last activity, which only matters where KEDA ends the last ones. */
    private boolean followsPushes() {
        ScaledObject scaledObject = setup.scaledObject();
        boolean endsTheLast =
                scaledObject.minReplicas() == 0 || scaledObject.idleReplicas().isPresent();
        return setup.pushes() && endsTheLast;
    }

    private void scale(long second) {
        Instant now = start.plusSeconds(second);
        if (second % setup.scaledObject().pollingInterval().toSeconds() == 0) {
            decided(autoscaler.poll(() -> List.of(answer(now)), now), second);
        } else if (followsPushes() && isActive(answer(now))) {
            decided(autoscaler.pushedActive(now), second);
        }
        if (second % SYNC_SECONDS == 0) {
            decided(autoscaler.sync(() -> List.of(answer(now)), now), second);
        }
    }

    private ScalerResponse answer(Instant now) {
        long millis = now.toEpochMilli();
        return curve.unavailableAt(millis) ? answers.unavailable(now) : answers.counted(curve.sessionsAt(millis), now);
    }

    private static boolean isActive(ScalerResponse answer) {
        return answer instanceof ScalerResponse.MetricValues numbers && numbers.active();
    }

    private void decided(Decision decision, long second) {
        long before = changes.isEmpty() ? atFirst : changes.getLast().replicas();
        if (decision.replicas() != before) {
            changes.add(new Outcome.ReplicaChange(
                    start.plusSeconds(second), before, decision.replicas(), decision.reason()));
            replicas.become(decision.replicas(), second);
        }
    }

    private void account(long from, long to, long ready) {
        replicaSeconds += autoscaler.replicas() * (to - from);
        if (serving.isEmpty() || serving.getLast().replicas() != ready) {
            serving.add(new Outcome.Serving(start.plusSeconds(from), ready));
        }
        double most = curve.mostWithin(millis(from), millis(to));
        if (most <= (double) ready * capacity) {
            endOverload(from);
            return;
        }
        for (long second = from; second < to; second++) {
            compare(second, ready);
        }
    }

    private void compare(long second, long ready) {
        double sessions = curve.sessionsAt(millis(second));
        double tooMany = sessions - (double) ready * capacity;
        if (tooMany <= 0) {
            endOverload(second);
            return;
        }
        if (overloadedSince == NEVER) {
            overloadedSince = second;
        }
        if (mostTooMany < tooMany) {
            mostTooMany = tooMany;
            worst = Optional.of(new Outcome.Worst(start.plusSeconds(second), sessions, ready, tooMany));
        }
    }

    private long millis(long second) {
        return startMillis + 1000 * second;
    }

    private void endOverload(long second) {
        if (overloadedSince != NEVER) {
            overloads.add(new Span(start.plusSeconds(overloadedSince), start.plusSeconds(second)));
            overloadedSince = NEVER;
        }
    }
}
