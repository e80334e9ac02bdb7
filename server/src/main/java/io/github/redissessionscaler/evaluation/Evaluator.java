package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.KeyspaceException;
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
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path from a trigger to its value, its activity and its target; every RPC, every stream and the status page take
 * it. Thread-safe. Methods block until the deadline at most.
 */
public final class Evaluator {

    private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

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

    /** The same for one round over many triggers of one database, on one thread: it reads everything at most once. */
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
     * Sessions per instance. Never fails for want of Redis: without an answer it is the last good number, then
     * {@code sessionSize}.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public double target(Asked asked, Deadline deadline) {
        return target(admitted(asked), deadline);
    }

    /**
     * The value of the metric, with headroom, rounded to whole instances where the trigger wants it.
     *
     * @throws UnavailableException if Redis does not answer and the trigger wants an error then
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public double value(Asked asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        Trigger trigger = asked.trigger();
        advisor.mind(trigger);
        try {
            Optional<Count> count = observe(state.count(), trigger, () -> {
                Count read = reader.count(trigger.source(), deadline);
                return new Known<>(read, read.asOf());
            });
            double value = count.map(known -> trigger.valueOf(known.value(), () -> target(state, deadline)))
                    .orElse(0.0);
            state.course()
                    .answered(
                            state.sessions(),
                            value,
                            state.target(),
                            rules.clock().instant());
            return value;
        } catch (UnavailableException e) {
            state.course().refused(state.target(), rules.clock().instant());
            throw e;
        }
    }

    /**
     * Whether the trigger is active.
     *
     * @throws UnavailableException if Redis does not answer and the trigger wants an error then
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public boolean active(Asked asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        Trigger trigger = asked.trigger();
        return observe(state.active(), trigger, () -> {
                    boolean active = readActivity(trigger, deadline);
                    return new Known<>(active, rules.clock().instant());
                })
                .orElse(false);
    }

    /**
     * Where the answers come from. Asks Redis as {@link #value} does, and never fails for want of it.
     *
     * @throws AccessDeniedException if the namespace may not use the connection
     * @throws LimitReachedException if there is no room for the trigger
     */
    public Explanation explain(Asked asked, Deadline deadline) {
        TriggerState state = admitted(asked);
        Trigger trigger = asked.trigger();
        try {
            value(asked, deadline);
        } catch (UnavailableException e) {
            // stands in the state
        }
        return new Explanation(
                trigger.source().query().inWords(),
                state.count().last().map(Known::value),
                state.outage(),
                state.targetProblem(),
                reader.progress(trigger.source().database()),
                advisor.findings(trigger, deadline).advice(),
                rules.clock().instant());
    }

    private TriggerState admitted(Asked asked) {
        access.check(asked.namespace(), asked.trigger().source().database());
        return states.of(asked);
    }

    private boolean readActivity(Trigger trigger, Deadline deadline) {
        Database database = trigger.source().database();
        return switch (trigger.activation()) {
            case Activation.Reachable() -> reader.ping(database, deadline);
            case Activation.MoreThan moreThan ->
                moreThan.reachedBy(reader.count(trigger.source(), deadline).value());
            case Activation.Flag(String key) ->
                reader.get(database, key, deadline).filter(Evaluator::isTrue).isPresent();
        };
    }

    private static boolean isTrue(String flag) {
        return flag.equals("1") || flag.equalsIgnoreCase("true");
    }

    /** What Redis says, else what the outage rules say; empty for inactive and 0. */
    private <T> Optional<T> observe(Observed<T> observed, Trigger trigger, Supplier<Known<T>> read) {
        try {
            Known<T> known = read.get();
            observed.seen(known);
            return Optional.of(known.value());
        } catch (KeyspaceException e) {
            Verdict<T> verdict = rules.verdict(trigger.onUnavailable(), observed.last());
            observed.missed(e, answer(verdict), rules.clock().instant());
            return switch (verdict) {
                case Verdict.Hold<T>(Known<T> known) -> Optional.of(known.value());
                case Verdict.Minimum<T>() -> Optional.empty();
                case Verdict.Fail<T>() -> throw new UnavailableException(e);
            };
        }
    }

    private static Observed.Answer answer(Verdict<?> verdict) {
        return switch (verdict) {
            case Verdict.Hold<?> held -> Observed.Answer.HELD;
            case Verdict.Minimum<?> minimum -> Observed.Answer.MINIMUM;
            case Verdict.Fail<?> failed -> Observed.Answer.ERROR;
        };
    }

    private double target(TriggerState state, Deadline deadline) {
        Trigger trigger = state.asked().trigger();
        trigger.target().sessionSizeKey().ifPresent(key -> {
            try {
                Optional<String> text = reader.get(trigger.source().database(), key, deadline);
                text.flatMap(Target::parse)
                        .ifPresentOrElse(
                                state::targetIs,
                                () -> targetStays(
                                        state,
                                        key,
                                        text.isPresent()
                                                ? "it does not hold " + MetadataKey.SESSION_SIZE.accepted()
                                                : "there is no such key"));
            } catch (KeyspaceException e) {
                state.targetStays(String.valueOf(e.getMessage()));
            }
        });
        return state.target();
    }

    /** Without the text that the key holds: it may be anybody's session. */
    private static void targetStays(TriggerState state, String key, String problem) {
        if (state.targetStays(problem)) {
            LOG.atWarn()
                    .addKeyValue("namespace", state.asked().namespace())
                    .addKeyValue("scaledObject", state.asked().scaledObject())
                    .log("sessionSizeKey {} gives no target, it stays {}: {}", Quoted.of(key), state.target(), problem);
        }
    }
}
