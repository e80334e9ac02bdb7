package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.Printable;
import java.math.BigDecimal;

/** What makes a trigger active. */
public sealed interface Activation {

    /** Describes when the trigger is active: a clause to follow "while". */
    default String description() {
        return switch (this) {
            case Reachable() -> "Redis is available";
            case MoreThan(double sessions) ->
                "there are more than %s sessions"
                        .formatted(BigDecimal.valueOf(sessions)
                                .stripTrailingZeros()
                                .toPlainString());
            case Flag(String key) -> Printable.of(key) + " holds 1 or true";
        };
    }

    /** Active while Redis is available. */
    record Reachable() implements Activation {}

    /** Active while there are more sessions than this; not negative. */
    record MoreThan(double sessions) implements Activation {
        /** Whether this number of sessions activates the trigger. */
        public boolean reachedBy(double counted) {
            return counted > sessions;
        }
    }

    /** Active while this key holds {@code 1} or {@code true}. */
    record Flag(String key) implements Activation {}
}
