package io.github.redissessionscaler.history;

import java.util.OptionalLong;

/** Number of running replicas of an application. Implementations must be thread-safe and must not block. */
@FunctionalInterface
public interface RunningReplicas {

    /** For a scaler that does not know any replicas. */
    RunningReplicas UNKNOWN = (_, _) -> OptionalLong.empty();

    /** The running replicas of the target of the ScaledObject; empty if unknown. */
    OptionalLong running(String namespace, String scaledObject);
}
