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
import io.github.redissessionscaler.trigger.Target;
import io.github.redissessionscaler.trigger.Trigger;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path from a trigger to its value, its activity and its target; every RPC, every stream and the status page take
 * it. Thread-safe. Methods return at once; what they return is there soon after the deadline at the latest.
 */
public final class Evaluator {

    private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

    private static final CompletableFuture<Double> NOTHING = CompletableFuture.completedFuture(0.0);

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
    }

    /**
     * The same for one round over many triggers of one database, on one thread: it reads everything at most once, and by a read
     * that begins after this call.
     */
    public Evaluator forOneRound() {
        return new Evaluator(this, reader.forOneRound());
    }

    /**
     * Returns if the trigger may be evaluated. Never asks Redis.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if there is no such database
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public void admit(TriggerRef asked) {
        admitted(asked);
    }

    /**
     * The value of the metric as it is reported, see {@link Trigger#valueOf}. Fails with an
     * {@link UnavailableException} if Redis does not answer and the trigger wants an error then.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Double> value(TriggerRef asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        Trigger trigger = asked.trigger();
        layoutMonitor.checkIfDue(trigger);
        return reading(state, deadline)
                .thenCompose(usable -> value(state, usable, deadline)
                        .thenApply(value -> report(state, usable, OptionalDouble.of(value))))
                .whenComplete((report, thrown) -> {
                    if (thrown == null) {
                        record(state, report, state.sessions());
                    } else if (Futures.failure(thrown) instanceof UnavailableException) {
                        record(state, reportError(state), OptionalDouble.empty());
                    }
                })
                .thenApply(report -> report.value().orElseThrow());
    }

    private CompletableFuture<Double> value(TriggerState state, UsableReading usable, Deadline deadline) {
        return usable.reading()
                .map(TriggerReading::count)
                .map(count -> target(state, deadline)
                        .thenApply(target -> state.asked().trigger().valueOf(count.value(), target)))
                .orElse(NOTHING);
    }

    /** Both RPCs report what the reading gives, each as a whole. */
    private TriggerReport report(TriggerState state, UsableReading usable, OptionalDouble value) {
        Trigger trigger = state.asked().trigger();
        var report = new TriggerReport(
                usable.basis(),
                value,
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
                state.asked().trigger().target().metricTarget(),
                rules.clock().instant());
        state.reported(error);
        return error;
    }

    private void record(TriggerState state, TriggerReport report, OptionalDouble sessions) {
        state.course().record(report, sessions, state.target(), rules.clock().instant());
    }

    /**
     * Whether the trigger is active. Fails with an {@link UnavailableException} if Redis does not answer and the trigger wants
     * an error then.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Boolean> active(TriggerRef asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        return reading(state, deadline)
                .thenApply(usable -> report(
                        state,
                        usable,
                        usable.reading()
                                .map(known -> state.valueOf(known.count()))
                                .orElse(OptionalDouble.of(0))))
                .whenComplete((_, thrown) -> {
                    if (thrown != null && Futures.failure(thrown) instanceof UnavailableException) {
                        var _ = reportError(state);
                    }
                })
                .thenApply(TriggerReport::active);
    }

    /**
     * Where the answers come from. Asks Redis as {@link #value} does, and never fails for want of it.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Explanation> explain(TriggerRef asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        Trigger trigger = asked.trigger();
        return value(asked, deadline)
                .exceptionally(Evaluator::standsInTheState)
                .thenCompose(_ -> layoutMonitor.findings(trigger, deadline))
                .thenApply(findings -> new Explanation(
                        trigger.source().query().description(),
                        state.count(),
                        state.outage(),
                        state.target(),
                        state.targetProblem(),
                        reader.progress(trigger.source().database()),
                        findings.advice(),
                        rules.clock().instant()));
    }

    private static double standsInTheState(Throwable thrown) {
        if (Futures.failure(thrown) instanceof UnavailableException) {
            return Double.NaN;
        }
        throw Futures.unchecked(thrown);
    }

    private TriggerState admitted(TriggerRef asked) {
        access.check(asked.namespace(), asked.trigger().source().database());
        return states.of(asked);
    }

    /** What Redis gives, else what the outage rules keep; empty for inactive and 0. */
    private CompletableFuture<UsableReading> reading(TriggerState state, Deadline deadline) {
        Trigger trigger = state.asked().trigger();
        CompletableFuture<Count> count = reader.count(trigger.source(), deadline);
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
            evictionMonitor.checkIfDue(trigger.source().database());
            state.reading().seen(new Timestamped<>(read, rules.clock().instant()));
            return new UsableReading(Basis.MEASURED, Optional.of(read));
        });
    }

    private static boolean isTrue(String flag) {
        return flag.equals("1") || flag.equalsIgnoreCase("true");
    }

    /** Why there is no reading; what concerns the caller and not the reading is thrown. */
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
        Instant since = observed.outage().map(LastReading.Outage::since).orElse(now);
        OutageDecision<TriggerReading> verdict = failure.reason().ours()
                ? new OutageDecision.ReportError<>()
                : rules.decide(state.asked().trigger().onUnavailable(), observed.last(), since);
        if (observed.missed(failure, since)) {
            warn(state, failure);
        }
        return switch (verdict) {
            case OutageDecision.ReportLast<TriggerReading>(Timestamped<TriggerReading> known) ->
                new UsableReading(Basis.HELD, Optional.of(known.value()));
            case OutageDecision.ReportMinimum<TriggerReading>() -> new UsableReading(Basis.MINIMUM, Optional.empty());
            case OutageDecision.ReportError<TriggerReading>() -> throw new UnavailableException(failure);
        };
    }

    /** Of what concerns this trigger alone, once for each reason. What concerns the whole database, {@link AvailabilityLog} says. */
    private void warn(TriggerState state, KeyspaceException failure) {
        if (failure.reason().answered() && !failure.reason().ours()) {
            refusedReads.log(() -> LOG.atWarn()
                    .addKeyValue("namespace", state.asked().namespace())
                    .addKeyValue("scaledObject", state.asked().scaledObject())
                    .addKeyValue(
                            "connection",
                            state.asked().trigger().source().database().connection())
                    .addKeyValue("reason", failure.reason())
                    .log(
                            "Redis refuses what the trigger reads; it gets what its onUnavailable says: {}",
                            failure.getMessage()));
        }
    }

    /**
     * The current target, sessions per replica: the number that {@code sessionSizeKey} holds. Where Redis answers that there
     * is none, the default, so that all replicas of the scaler agree; while Redis does not answer, the last one. Fails with an
     * {@link UnavailableException} where there is no last one: any other number would be made up.
     */
    private CompletableFuture<Double> target(TriggerState state, Deadline deadline) {
        Trigger trigger = state.asked().trigger();
        return trigger.target()
                .sessionSizeKey()
                .map(key -> reader.get(trigger.source().database(), key, deadline)
                        .handle((text, thrown) -> {
                            if (thrown == null) {
                                takeTarget(state, key, text);
                            } else if (Futures.failure(thrown) instanceof KeyspaceException failure) {
                                missTarget(state, key, failure);
                            } else {
                                throw Futures.unchecked(thrown);
                            }
                            return state.target();
                        }))
                .orElseGet(() -> CompletableFuture.completedFuture(state.target()));
    }

    private void takeTarget(TriggerState state, String key, Optional<String> text) {
        text.flatMap(Target::parse)
                .ifPresentOrElse(
                        state::targetIs,
                        () -> useDefaultTarget(
                                state,
                                key,
                                text.isPresent()
                                        ? "it does not hold " + MetadataKey.SESSION_SIZE.accepted()
                                        : "there is no such key"));
    }

    private void missTarget(TriggerState state, String key, KeyspaceException failure) {
        String problem = String.valueOf(failure.getMessage());
        if (failure.reason().concernsTheRead()) {
            useDefaultTarget(state, key, problem);
        } else if (state.isTargetKnown()) {
            state.targetStays(problem);
        } else {
            throw new UnavailableException(failure);
        }
    }

    /** Without the text that the key holds: it may be anybody's session. */
    private void useDefaultTarget(TriggerState state, String key, String problem) {
        if (state.targetIsDefault(problem)) {
            defaultTargets.log(() -> LOG.atWarn()
                    .addKeyValue("namespace", state.asked().namespace())
                    .addKeyValue("scaledObject", state.asked().scaledObject())
                    .log(
                            "sessionSizeKey {} gives no target, {} is used: {}",
                            Printable.of(key),
                            Numbers.plain(state.target()),
                            problem));
        }
    }
}
