package io.github.redissessionscaler.history;

import java.util.OptionalLong;

/** How many replicas of an application run, for who knows it. Must be thread-safe and return at once. */
@FunctionalInterface
public interface RunningReplicas {

    /** Knows of no application. */
    RunningReplicas UNKNOWN = (_, _) -> OptionalLong.empty();

    /** The running replicas of what the ScaledObject scales, or empty when that is not known. */
    OptionalLong running(String namespace, String scaledObject);
}
