package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.Count;
import java.time.Instant;
import java.util.Optional;

/** What was last seen of one trigger. Written by the evaluation alone; may be read by any thread at any time. */
public final class TriggerState {

    private final Asked asked;
    private final Observed<Count> count = new Observed<>();
    private final Observed<Boolean> active = new Observed<>();
    private volatile Instant lastAsked;
    private volatile double target;
    private volatile Optional<String> targetProblem = Optional.empty();

    TriggerState(Asked asked, Instant now) {
        this.asked = asked;
        this.lastAsked = now;
        this.target = asked.trigger().target().sessionSize();
    }

    public Asked asked() {
        return asked;
    }

    public Observed<Count> count() {
        return count;
    }

    public Observed<Boolean> active() {
        return active;
    }

    public Instant lastAsked() {
        return lastAsked;
    }

    /** Sessions per instance, the last that was good. */
    public double target() {
        return target;
    }

    /** Why the target is not what {@code sessionSizeKey} holds, if it is not. */
    public Optional<String> targetProblem() {
        return targetProblem;
    }

    void askedAt(Instant now) {
        lastAsked = now;
    }

    void targetIs(double sessionSize) {
        target = sessionSize;
        targetProblem = Optional.empty();
    }

    /** Keeps the target as it is. Returns whether the problem is another than before. */
    boolean targetStays(String problem) {
        boolean news = !targetProblem.equals(Optional.of(problem));
        targetProblem = Optional.of(problem);
        return news;
    }
}
