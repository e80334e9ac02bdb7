package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.TriggerHistory;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/** The triggers that somebody asked about lately. Thread-safe. */
public final class TriggerStates {

    /** KEDA and the HPA ask several times a minute; who has not for this long has gone. */
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    /** How often room is made for new ones, so that those which are refused cost little. */
    private static final Duration SWEPT_WHEN_FULL = Duration.ofSeconds(1);

    /** Databases of all connections together. */
    static final int MOST_DATABASES = 128;

    private final ConcurrentMap<TriggerRef, TriggerState> states = new ConcurrentHashMap<>();
    private final IntSupplier limit;
    private final DoubleSupplier defaultTarget;
    private final HistoryBudget history;
    private final InstantSource clock;
    private Instant lastSweep;

    /** How many triggers each has. */
    private final Map<Database, Integer> databases = new HashMap<>();

    /** Of all that are known. */
    private int weight;

    /**
     * No trigger is known yet.
     *
     * @param limit how many triggers are served at a time, at least 1; one of long metadata counts as several
     * @param defaultTarget of triggers that name none, sessions per replica
     * @param history where the courses of the triggers begin
     */
    public TriggerStates(IntSupplier limit, DoubleSupplier defaultTarget, HistoryBudget history, InstantSource clock) {
        this.limit = limit;
        this.defaultTarget = defaultTarget;
        this.history = history;
        this.clock = clock;
        this.lastSweep = clock.instant();
    }

    /** All that are known now, in no order. */
    public Collection<TriggerState> all() {
        return Collections.unmodifiableCollection(states.values());
    }

    /** How much of the limit they take. */
    public synchronized int weight() {
        return weight;
    }

    /**
     * The state of the trigger, which counts as asked about now.
     *
     * @throws LimitReachedException if it would be one more than the limit
     */
    TriggerState of(TriggerRef asked) {
        Instant now = clock.instant();
        TriggerState known = states.get(asked);
        if (known != null) {
            known.askedAt(now);
            return known;
        }
        return admit(asked, now);
    }

    private synchronized TriggerState admit(TriggerRef asked, Instant now) {
        TriggerState known = states.get(asked);
        if (known != null) {
            return known;
        }
        var state = new TriggerState(asked, defaultTarget, courseOf(asked), now);
        forgetSilent(now, state.weight());
        checkDatabases(asked.trigger().source().database());
        int most = limit.getAsInt();
        if (weight + state.weight() > most) {
            throw new LimitReachedException("the scaler serves " + most
                    + " triggers already, which is its TRIGGER_LIMIT (one of long metadata counts as several);"
                    + " one that nobody asks about makes room after " + FORGOTTEN_AFTER.toMinutes() + " minutes");
        }
        states.put(asked, state);
        databases.merge(asked.trigger().source().database(), 1, Integer::sum);
        weight += state.weight();
        return state;
    }

    /** Forgets those that nobody asks about any more. To be called by the clock, since none may ever come again. */
    public synchronized void forgetUnasked() {
        forgetSilent(clock.instant());
    }

    /** Each database that is in use costs connections and what counts in it. */
    private void checkDatabases(Database database) {
        if (databases.size() >= MOST_DATABASES && !databases.containsKey(database)) {
            throw new LimitReachedException("the scaler serves triggers of " + MOST_DATABASES
                    + " databases already, which is the most; one that nobody asks about makes room after "
                    + FORGOTTEN_AFTER.toMinutes() + " minutes");
        }
    }

    private TriggerHistory courseOf(TriggerRef asked) {
        return history.begin(asked.namespace(), asked.scaledObject(), states::size);
    }

    private void forgetSilent(Instant now, int needed) {
        boolean full = weight + needed > limit.getAsInt() || databases.size() >= MOST_DATABASES;
        if (lastSweep.plus(full ? SWEPT_WHEN_FULL : FORGOTTEN_AFTER).isBefore(now)) {
            forgetSilent(now);
        }
    }

    private void forgetSilent(Instant now) {
        lastSweep = now;
        Instant oldest = now.minus(FORGOTTEN_AFTER);
        states.values().removeIf(state -> state.lastAsked().isBefore(oldest));
        weight = states.values().stream().mapToInt(TriggerState::weight).sum();
        databases.clear();
        states.keySet()
                .forEach(asked -> databases.merge(asked.trigger().source().database(), 1, Integer::sum));
    }
}
