package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.diagnosis.EvictionMonitor;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.history.TriggerReport.Basis;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.outage.OutageDecision;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.outage.Timestamped;
import io.github.redissessionscaler.reading.AvailabilityLog;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.reading.RedisReader;
import io.github.redissessionscaler.trigger.Activation;
import io.github.redissessionscaler.trigger.MetadataKey;
import io.github.redissessionscaler.trigger.Source;
import io.github.redissessionscaler.trigger.Target;
import io.github.redissessionscaler.trigger.Trigger;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates a trigger: its value, its activity and its target. Every RPC and every stream uses it. Thread-safe. Methods do
 * not block; their results complete soon after the deadline at the latest.
 */
public final class Evaluator {

    private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

    /**
     * What is reported: a reading, now or from before an outage; or none, for inactive and 0.
     *
     * @param basis never an error
     */
    private record UsableReading(Basis basis, Optional<TriggerReading> reading) {}

    private final RedisReader reader;
    private final OutagePolicy rules;
    private final TriggerStates states;
    private final Access access;
    private final LayoutMonitor layoutMonitor;
    private final EvictionMonitor evictionMonitor;
    private final LogLimit refusedReads;
    private final LogLimit defaultTargets;
    private final LogLimit fallbacks;

    public Evaluator(
            RedisReader reader,
            OutagePolicy rules,
            TriggerStates states,
            Access access,
            LayoutMonitor layoutMonitor,
            EvictionMonitor evictionMonitor) {
        this.reader = reader;
        this.rules = rules;
        this.states = states;
        this.access = access;
        this.layoutMonitor = layoutMonitor;
        this.evictionMonitor = evictionMonitor;
        this.refusedReads = new LogLimit(LOG, "triggers whose reads Redis refuses", rules.clock());
        this.defaultTargets = new LogLimit(LOG, "triggers whose sessionSizeKey gives no target", rules.clock());
        this.fallbacks = new LogLimit(LOG, "triggers whose forecasts are not used", rules.clock());
    }

    private Evaluator(Evaluator evaluator, RedisReader reader) {
        this.reader = reader;
        this.rules = evaluator.rules;
        this.states = evaluator.states;
        this.access = evaluator.access;
        this.layoutMonitor = evaluator.layoutMonitor;
        this.evictionMonitor = evaluator.evictionMonitor;
        this.refusedReads = evaluator.refusedReads;
        this.defaultTargets = evaluator.defaultTargets;
        this.fallbacks = evaluator.fallbacks;
    }

    /**
     * An evaluator for one round over many triggers of one database, on one thread. It reads each key at most once, and
     * only after this call.
     */
    public Evaluator forOneRound() {
        return new Evaluator(this, reader.forOneRound());
    }

    /**
     * Returns if the trigger may be evaluated: the same trigger, as it is kept. Sends nothing to Redis.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public TriggerRef admit(TriggerRef ref) {
        return admitted(ref).ref();
    }

    /**
     * The reported value of the metric, see {@link Trigger#valueOf}. Fails with an {@link UnavailableException} if Redis is
     * unavailable and {@code onUnavailable} is {@code error}.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Double> value(TriggerRef ref, Deadline deadline) {
        TriggerState state = admitted(ref);
        layoutMonitor.checkIfDue(ref.trigger());
        return reading(state, deadline)
                .thenCompose(usable -> withTarget(state, usable, deadline))
                .thenApply(usable -> report(state, usable))
                .whenComplete((report, thrown) -> {
                    if (thrown == null) {
                        record(state, report, state.sessions());
                    } else if (Futures.failure(thrown) instanceof UnavailableException) {
                        record(state, reportError(state), OptionalDouble.empty());
                    }
                })
                .thenApply(report -> report.value().orElseThrow());
    }

    /** The sessions to report. There is no forecast in an outage; a value that is held stays as it was reported. */
    private double sessions(TriggerState state, Basis basis, TriggerReading reading) {
        return basis == Basis.MEASURED
                ? state.expected(reading.count(), rules.clock().instant())
                : state.held(reading.count());
    }

    /** Both RPCs report what the reading gives, each as a whole. The value is missing if its target is not known yet. */
    private TriggerReport report(TriggerState state, UsableReading usable) {
        Trigger trigger = state.ref().trigger();
        var report = new TriggerReport(
                usable.basis(),
                usable.reading()
                        .map(known -> state.valueOf(sessions(state, usable.basis(), known)))
                        .orElse(OptionalDouble.of(0)),
                trigger.target().metricTarget(),
                usable.reading()
                        .map(known -> known.active(trigger.activation()))
                        .orElse(false),
                rules.clock().instant());
        state.reported(report);
        return report;
    }

    private TriggerReport reportError(TriggerState state) {
        TriggerReport error = TriggerReport.error(
                state.lastReport(),
                state.ref().trigger().target().metricTarget(),
                rules.clock().instant());
        state.reported(error);
        return error;
    }

    private void record(TriggerState state, TriggerReport report, OptionalDouble sessions) {
        state.history()
                .record(
                        report,
                        sessions,
                        state.target(),
                        state.reading().missed().map(missed -> missed.reason().name()),
                        rules.clock().instant());
    }

    /**
     * Whether the trigger is active. Fails with an {@link UnavailableException} if Redis is unavailable and
     * {@code onUnavailable} is {@code error}.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Boolean> active(TriggerRef ref, Deadline deadline) {
        TriggerState state = admitted(ref);
        return reading(state, deadline)
                .thenApply(usable -> report(state, usable))
                .whenComplete((_, thrown) -> {
                    if (thrown != null && Futures.failure(thrown) instanceof UnavailableException) {
                        var _ = reportError(state);
                    }
                })
                .thenApply(TriggerReport::active);
    }

    /**
     * How the reported values come about. Reads from Redis as {@link #value} does, but does not fail if Redis is
     * unavailable.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Explanation> explain(TriggerRef ref, Deadline deadline) {
        TriggerState state = admitted(ref);
        Trigger trigger = ref.trigger();
        return value(ref, deadline)
                .exceptionally(Evaluator::ignoreUnavailable)
                .thenCompose(_ -> layoutMonitor.findings(trigger, deadline))
                .thenApply(findings -> new Explanation(
                        trigger.source().query().description(),
                        state.count(),
                        state.reading().missed(),
                        state.target(),
                        state.targetProblem(),
                        state.forecast(),
                        reader.progress(trigger.source()),
                        findings.advice(),
                        rules.clock().instant()));
    }

    private static double ignoreUnavailable(Throwable thrown) {
        if (Futures.failure(thrown) instanceof UnavailableException) {
            return Double.NaN;
        }
        throw Futures.unchecked(thrown);
    }

    private TriggerState admitted(TriggerRef ref) {
        access.check(ref);
        return states.of(ref);
    }

    /** What Redis gives, else what the outage rules keep; empty for inactive and 0. */
    private CompletableFuture<UsableReading> reading(TriggerState state, Deadline deadline) {
        Trigger trigger = state.ref().trigger();
        CompletableFuture<Count> count =
                reader.count(trigger.source(), state.ref().namespace(), deadline);
        CompletableFuture<TriggerReading> reading = switch (trigger.activation()) {
            case Activation.Reachable _, Activation.MoreThan _ ->
                count.thenApply(counted -> new TriggerReading(counted, false));
            case Activation.Flag(String key) ->
                count.thenCombine(
                        reader.get(trigger.source().database(), key, deadline),
                        (counted, flag) -> new TriggerReading(
                                counted, flag.filter(Evaluator::isTrue).isPresent()));
        };
        return reading.handle((read, thrown) -> {
            if (thrown != null) {
                return missed(state, failure(thrown));
            }
            trigger.source().databases().forEach(evictionMonitor::checkIfDue);
            state.reading().seen(new Timestamped<>(read, rules.clock().instant()));
            lookAhead(state, read.count());
            return new UsableReading(Basis.MEASURED, Optional.of(read));
        });
    }

    /**
     * Reads a count for the forecast of a trigger only; does nothing if that fails. Waits for it, so it needs an evaluator {@linkplain
     * #forOneRound for one round}. Does not mark the trigger as used.
     */
    void readAhead(TriggerState state, Deadline deadline) {
        Source source = state.ref().trigger().source();
        try {
            access.check(state.ref());
            lookAhead(state, Futures.await(reader.count(source, state.ref().namespace(), deadline)));
        } catch (KeyspaceException | InvalidInputException | LimitReachedException | AccessDeniedException e) {
            LOG.debug("No reading for a forecast", e);
        }
    }

    private void lookAhead(TriggerState state, Count count) {
        if (state.readAhead(count)) {
            fallbacks.log(() -> LOG.atInfo()
                    .addKeyValue("namespace", state.ref().namespace())
                    .addKeyValue("scaledObject", state.ref().scaledObject())
                    .addKeyValue("metric", state.ref().trigger().metricName())
                    .log("lookAhead uses the current sessions until its forecasts are better than that"));
        }
    }

    private static boolean isTrue(String flag) {
        return flag.equals("1") || flag.equalsIgnoreCase("true");
    }

    /** Why the reading failed. Exceptions that concern the caller are thrown. */
    private static KeyspaceException failure(Throwable thrown) {
        return switch (Futures.failure(thrown)) {
            case KeyspaceException failure -> failure;
            case LimitReachedException refused -> throw refused;
            case InvalidInputException refused -> throw refused;
            case AccessDeniedException refused -> throw refused;
            case Throwable unexpected -> {
                InternalErrors.report("read", unexpected);
                yield new KeyspaceException(Reason.INTERNAL, "internal error, see the log of the scaler", unexpected);
            }
        };
    }

    private UsableReading missed(TriggerState state, KeyspaceException failure) {
        LastReading<TriggerReading> observed = state.reading();
        Instant now = rules.clock().instant();
        Instant since = observed.missed().map(LastReading.MissedReading::first).orElse(now);
        OutageDecision<TriggerReading> decision = failure.reason().internal()
                ? new OutageDecision.ReportError<>()
                : rules.decide(state.ref().trigger().onUnavailable(), observed.last(), since);
        if (observed.missed(failure, now)) {
            warn(state, failure);
        }
        return switch (decision) {
            case OutageDecision.ReportLast<TriggerReading>(Timestamped<TriggerReading> known) ->
                new UsableReading(Basis.HELD, Optional.of(known.value()));
            case OutageDecision.ReportMinimum<TriggerReading>() -> new UsableReading(Basis.MINIMUM, Optional.empty());
            case OutageDecision.ReportError<TriggerReading>() -> throw new UnavailableException(failure);
        };
    }

    /** Logs failures of this trigger, once for each reason. {@link AvailabilityLog} logs failures of the whole database. */
    private void warn(TriggerState state, KeyspaceException failure) {
        if (failure.reason().redisAvailable() && !failure.reason().internal()) {
            refusedReads.log(() -> LOG.atWarn()
                    .addKeyValue("namespace", state.ref().namespace())
                    .addKeyValue("scaledObject", state.ref().scaledObject())
                    .addKeyValue("connection", state.ref().trigger().source().connections())
                    .addKeyValue("reason", failure.reason())
                    .log(
                            "Redis refuses the read of a trigger; its onUnavailable takes effect: {}",
                            failure.getMessage()));
        }
    }

    /**
     * The reading, after the target that its value needs was read: the value of {@code sessionSizeKey}. If the key has no
     * valid value, the target is the default, so that all replicas of the scaler agree. While Redis is unavailable, it is the
     * last target; without a last one, fails with an {@link UnavailableException}.
     */
    private CompletableFuture<UsableReading> withTarget(TriggerState state, UsableReading usable, Deadline deadline) {
        Trigger trigger = state.ref().trigger();
        Optional<String> sessionSizeKey = trigger.target().sessionSizeKey();
        if (sessionSizeKey.isEmpty() || usable.reading().isEmpty()) {
            return CompletableFuture.completedFuture(usable);
        }
        String key = sessionSizeKey.get();
        return reader.get(trigger.source().database(), key, deadline).handle((text, thrown) -> {
            if (thrown == null) {
                takeTarget(state, key, text);
            } else if (Futures.failure(thrown) instanceof KeyspaceException failure) {
                missTarget(state, key, failure);
            } else {
                throw Futures.unchecked(thrown);
            }
            return usable;
        });
    }

    private void takeTarget(TriggerState state, String key, Optional<String> text) {
        text.flatMap(Target::parse)
                .ifPresentOrElse(
                        state::targetIs,
                        () -> useDefaultTarget(
                                state,
                                key,
                                text.isPresent()
                                        ? "its value is not " + MetadataKey.SESSION_SIZE.accepted()
                                        : "the key does not exist"));
    }

    private void missTarget(TriggerState state, String key, KeyspaceException failure) {
        String problem = String.valueOf(failure.getMessage());
        if (failure.reason().isPermanentReadError()) {
            useDefaultTarget(state, key, problem);
        } else if (state.isTargetKnown()) {
            state.targetStays(problem);
        } else {
            state.targetStays("it was never read, so UNAVAILABLE is reported as the value: " + problem);
            throw new UnavailableException(failure);
        }
    }

    /** Does not log the value of the key: it could be a session. */
    private void useDefaultTarget(TriggerState state, String key, String problem) {
        if (state.targetIsDefault(problem)) {
            defaultTargets.log(() -> LOG.atWarn()
                    .addKeyValue("namespace", state.ref().namespace())
                    .addKeyValue("scaledObject", state.ref().scaledObject())
                    .log(
                            "No target from sessionSizeKey {}; using {}: {}",
                            Printable.of(key),
                            Numbers.plain(state.target()),
                            problem));
        }
    }
}
