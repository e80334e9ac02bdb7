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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The triggers that were used recently. Thread-safe. */
public final class TriggerStates {

    /** KEDA and the HPA call several times a minute; a trigger without a call for this long is removed. */
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    /** Interval of sweeps while the limit is reached, so that refused triggers cost little. */
    private static final Duration SWEPT_WHEN_FULL = Duration.ofSeconds(1);

    /** Limit on the databases of all connections together. */
    static final int MOST_DATABASES = 128;

    private final ConcurrentMap<TriggerRef, TriggerState> states = new ConcurrentHashMap<>();
    private final IntSupplier size = states::size;
    private final IntSupplier limit;
    private final DoubleSupplier defaultTarget;
    private final HistoryBudget history;
    private final InstantSource clock;
    private Instant lastSweep;

    /** Number of triggers by database. */
    private final Map<Database, Integer> databases = new HashMap<>();

    /** Of all triggers. */
    private int weight;

    /**
     * No trigger is known yet.
     *
     * @param limit how many triggers are kept, at least 1; a trigger with long metadata counts as several
     * @param defaultTarget of triggers without a target, in sessions per replica
     * @param history creates the history of each trigger
     */
    public TriggerStates(IntSupplier limit, DoubleSupplier defaultTarget, HistoryBudget history, InstantSource clock) {
        this.limit = limit;
        this.defaultTarget = defaultTarget;
        this.history = history;
        this.clock = clock;
        this.lastSweep = clock.instant();
    }

    /** All triggers, in no order. */
    public Collection<TriggerState> all() {
        return Collections.unmodifiableCollection(states.values());
    }

    /** How much of the limit they take. */
    public synchronized int weight() {
        return weight;
    }

    /**
     * The state of the trigger, which is marked as used now.
     *
     * @throws LimitReachedException if a new trigger exceeds the limit
     */
    TriggerState of(TriggerRef ref) {
        Instant now = clock.instant();
        TriggerState known = states.get(ref);
        if (known != null) {
            known.touch(now);
            return known;
        }
        return admit(ref, now);
    }

    private synchronized TriggerState admit(TriggerRef ref, Instant now) {
        TriggerState known = states.get(ref);
        if (known != null) {
            return known;
        }
        int needed = TriggerState.weight(ref);
        forgetUnused(now, needed);
        checkDatabases(ref.trigger().source().databases());
        int most = limit.getAsInt();
        if (weight + needed > most) {
            throw new LimitReachedException("the scaler serves " + most
                    + " triggers already, its TRIGGER_LIMIT (a trigger with long metadata counts as several);"
                    + " an unused trigger is removed after " + FORGOTTEN_AFTER.toMinutes() + " minutes");
        }
        // few namespaces have many triggers
        var kept = new TriggerRef(ref.namespace().intern(), ref.scaledObject(), ref.trigger());
        var state = new TriggerState(kept, defaultTarget, newHistory(kept), newForecast(kept), now);
        states.put(kept, state);
        countDatabases(ref);
        weight += needed;
        return state;
    }

    /** Removes unused triggers. Must be called periodically: there may be no further call that would do it. */
    public synchronized void forgetUnused() {
        forgetUnused(clock.instant());
    }

    /** Each used database costs connections and threads. */
    private void checkDatabases(List<Database> used) {
        long added = used.stream()
                .filter(database -> !databases.containsKey(database))
                .count();
        if (added > 0 && databases.size() + added > MOST_DATABASES) {
            throw new LimitReachedException("the scaler serves triggers of " + MOST_DATABASES
                    + " databases already, the most it can; an unused database is removed after "
                    + FORGOTTEN_AFTER.toMinutes() + " minutes");
        }
    }

    private TriggerHistory newHistory(TriggerRef ref) {
        return history.begin(ref.namespace(), ref.scaledObject(), size);
    }

    /** After a change of its metadata, a trigger that counts the same continues with its readings. */
    private @Nullable TriggerForecast newForecast(TriggerRef ref) {
        Duration lookAhead = ref.trigger().lookAhead();
        return lookAhead.isZero()
                ? null
                : states.values().stream()
                        .flatMap(state -> state.forecastFor(ref).stream())
                        .findFirst()
                        .orElseGet(() -> new TriggerForecast(lookAhead));
    }

    private void forgetUnused(Instant now, int needed) {
        boolean full = weight + needed > limit.getAsInt() || databases.size() >= MOST_DATABASES;
        if (lastSweep.plus(full ? SWEPT_WHEN_FULL : FORGOTTEN_AFTER).isBefore(now)) {
            forgetUnused(now);
        }
    }

    private void forgetUnused(Instant now) {
        lastSweep = now;
        Instant oldest = now.minus(FORGOTTEN_AFTER);
        states.values().removeIf(state -> state.lastUsed().isBefore(oldest));
        weight = states.values().stream().mapToInt(TriggerState::weight).sum();
        databases.clear();
        states.keySet().forEach(this::countDatabases);
    }

    private void countDatabases(TriggerRef ref) {
        ref.trigger().source().databases().forEach(database -> databases.merge(database, 1, Integer::sum));
    }
}
