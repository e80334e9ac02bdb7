package io.github.redissessionscaler.observed;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether one kind of object can be read.
 *
 * @param resource such as {@code horizontalpodautoscalers}
 * @param since when the state began
 * @param problem what is wrong, if the state is {@link ApiState#DOWN}
 */
public record ApiAccess(String resource, ApiState state, Instant since, Optional<String> problem) {

    /** Whether the objects are known. */
    public enum ApiState {
        /** The first list is not complete. */
        STARTING,
        UP,
        DOWN
    }
}
