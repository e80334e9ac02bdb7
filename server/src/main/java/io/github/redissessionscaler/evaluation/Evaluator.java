package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.history.Course;
import io.github.redissessionscaler.outage.Known;
import io.github.redissessionscaler.outage.OutageRules;
import io.github.redissessionscaler.outage.Verdict;
import io.github.redissessionscaler.problem.LimitReachedException;
import io.github.redissessionscaler.problem.Quoted;
import io.github.redissessionscaler.trigger.Activation;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.MetadataKey;
import io.github.redissessionscaler.trigger.Target;
import io.github.redissessionscaler.trigger.Trigger;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path from a trigger to its value, its activity and its target; every RPC, every stream and the status page take
 * it. Thread-safe. Methods return at once; what they return is there soon after the deadline at the latest.
 */
public final class Evaluator {

    private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

    private static final CompletableFuture<Double> NOTHING = CompletableFuture.completedFuture(0.0);

    private final Reader reader;
    private final OutageRules rules;
    private final TriggerStates states;
    private final Access access;
    private final Advisor advisor;

    public Evaluator(Reader reader, OutageRules rules, TriggerStates states, Access access, Advisor advisor) {
        this.reader = reader;
        this.rules = rules;
        this.states = states;
        this.access = access;
        this.advisor = advisor;
    }

    /**
     * The same for one round over many triggers of one database, on one thread: it reads everything at most once, and by a read
     * that begins after this call.
     */
    public Evaluator forOneRound() {
        return new Evaluator(reader.forOneRound(), rules, states, access, advisor);
    }

    /**
     * Returns if the trigger may be evaluated. Never asks Redis.
     *
     * @throws io.github.redissessionscaler.problem.InvalidInputException if there is no such database
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public void admit(Asked asked) {
        admitted(asked);
    }

    /**
     * The value of the metric as it is reported, see {@link Trigger#valueOf}. Fails with an
     * {@link UnavailableException} if Redis does not answer and the trigger wants an error then.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Double> value(Asked asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        Trigger trigger = asked.trigger();
        advisor.mind(trigger);
        return observed(
                        state.count(),
                        trigger,
                        reader.count(trigger.source(), deadline),
                        count -> new Known<>(count, count.asOf()))
                .thenCompose(count ->
                        count.map(known -> value(state, known, deadline)).orElse(NOTHING))
                .whenComplete((value, thrown) -> record(state, value, thrown));
    }

    private CompletableFuture<Double> value(TriggerState state, Count count, Deadline deadline) {
        return target(state, deadline)
                .thenApply(target -> state.asked().trigger().valueOf(count.value(), target));
    }

    private void record(TriggerState state, @Nullable Double value, @Nullable Throwable thrown) {
        Instant now = rules.clock().instant();
        if (value != null) {
            double metricTarget = state.asked().trigger().target().metricTarget();
            state.course().answered(state.sessions(), new Course.Answer(value, metricTarget, now), state.target());
        } else if (thrown != null && Futures.failure(thrown) instanceof UnavailableException) {
            state.course().refused(state.target(), now);
        }
    }

    /**
     * Whether the trigger is active. Fails with an {@link UnavailableException} if Redis does not answer and the trigger wants
     * an error then.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Boolean> active(Asked asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        Trigger trigger = asked.trigger();
        return observed(
                        state.active(),
                        trigger,
                        readActivity(trigger, deadline),
                        active -> new Known<>(active, rules.clock().instant()))
                .thenApply(active -> active.orElse(false));
    }

    /**
     * Where the answers come from. Asks Redis as {@link #value} does, and never fails for want of it.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public CompletableFuture<Explanation> explain(Asked asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        Trigger trigger = asked.trigger();
        return value(asked, deadline)
                .exceptionally(Evaluator::standsInTheState)
                .thenCompose(_ -> advisor.findings(trigger, deadline))
                .thenApply(findings -> new Explanation(
                        trigger.source().query().inWords(),
                        state.count().last().map(Known::value),
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

    private TriggerState admitted(Asked asked) {
        access.check(asked.namespace(), asked.trigger().source().database());
        return states.of(asked);
    }

    private CompletableFuture<Boolean> readActivity(Trigger trigger, Deadline deadline) {
        Database database = trigger.source().database();
        return switch (trigger.activation()) {
            case Activation.Reachable() -> reader.ping(database, deadline);
            case Activation.MoreThan moreThan ->
                reader.count(trigger.source(), deadline).thenApply(count -> moreThan.reachedBy(count.value()));
            case Activation.Flag(String key) ->
                reader.get(database, key, deadline)
                        .thenApply(flag -> flag.filter(Evaluator::isTrue).isPresent());
        };
    }

    private static boolean isTrue(String flag) {
        return flag.equals("1") || flag.equalsIgnoreCase("true");
    }

    /** What Redis says, else what the outage rules say; empty for inactive and 0. */
    private <V, T> CompletableFuture<Optional<T>> observed(
            Observed<T> observed, Trigger trigger, CompletableFuture<V> read, Function<V, Known<T>> known) {
        return read.handle((value, thrown) -> {
            if (thrown == null) {
                Known<T> seen = known.apply(value);
                observed.seen(seen);
                return Optional.of(seen.value());
            }
            if (Futures.failure(thrown) instanceof KeyspaceException failure) {
                return missed(observed, trigger, failure);
            }
            throw Futures.unchecked(thrown);
        });
    }

    private <T> Optional<T> missed(Observed<T> observed, Trigger trigger, KeyspaceException failure) {
        Verdict<T> verdict = rules.verdict(trigger.onUnavailable(), observed.last());
        observed.missed(failure, answer(verdict), rules.clock().instant());
        return switch (verdict) {
            case Verdict.Hold<T>(Known<T> known) -> Optional.of(known.value());
            case Verdict.Minimum<T>() -> Optional.empty();
            case Verdict.Fail<T>() -> throw new UnavailableException(failure);
        };
    }

    private static Observed.Answer answer(Verdict<?> verdict) {
        return switch (verdict) {
            case Verdict.Hold<?> held -> Observed.Answer.HELD;
            case Verdict.Minimum<?> minimum -> Observed.Answer.MINIMUM;
            case Verdict.Fail<?> failed -> Observed.Answer.ERROR;
        };
    }

    /**
     * The current target, sessions per replica: the number that {@code sessionSizeKey} holds. Where Redis answers that there
     * is none, the default, so that all replicas of the scaler agree; while Redis does not answer, the last one.
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

    private static void takeTarget(TriggerState state, String key, Optional<String> text) {
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

    private static void missTarget(TriggerState state, String key, KeyspaceException failure) {
        String problem = String.valueOf(failure.getMessage());
        if (failure.reason().concernsTheRead()) {
            useDefaultTarget(state, key, problem);
        } else {
            state.targetStays(problem);
        }
    }

    /** Without the text that the key holds: it may be anybody's session. */
    private static void useDefaultTarget(TriggerState state, String key, String problem) {
        if (state.targetIsDefault(problem)) {
            LOG.atWarn()
                    .addKeyValue("namespace", state.asked().namespace())
                    .addKeyValue("scaledObject", state.asked().scaledObject())
                    .log("sessionSizeKey {} gives no target, {} is used: {}", Quoted.of(key), state.target(), problem);
        }
    }
}
