package io.github.redissessionscaler.evaluation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The triggers that somebody asked about lately. Thread-safe. */
public final class TriggerStates {

    /** KEDA and the HPA ask several times a minute; who has not for this long has gone. */
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final ConcurrentMap<Asked, TriggerState> states = new ConcurrentHashMap<>();
    private final int limit;
    private final InstantSource clock;
    private volatile Instant lastSweep;

    /**
     * No trigger is known yet.
     *
     * @param limit how many triggers are served at a time, at least 1
     */
    public TriggerStates(int limit, InstantSource clock) {
        this.limit = limit;
        this.clock = clock;
        this.lastSweep = clock.instant();
    }

    /** All that are known now, in no order. */
    public Collection<TriggerState> all() {
        return Collections.unmodifiableCollection(states.values());
    }

    /**
     * The state of the trigger, which counts as asked about now.
     *
     * @throws TooManyTriggersException if it would be one more than the limit
     */
    TriggerState of(Asked asked) {
        Instant now = clock.instant();
        TriggerState known = states.get(asked);
        if (known != null) {
            known.askedAt(now);
            return known;
        }
        forgetSilent(now);
        if (states.size() >= limit) {
            throw new TooManyTriggersException(limit);
        }
        return states.computeIfAbsent(asked, key -> new TriggerState(key, now));
    }

    private void forgetSilent(Instant now) {
        boolean full = states.size() >= limit;
        if (full || lastSweep.plus(FORGOTTEN_AFTER).isBefore(now)) {
            lastSweep = now;
            Instant oldest = now.minus(FORGOTTEN_AFTER);
            states.values().removeIf(state -> state.lastAsked().isBefore(oldest));
        }
    }
}
