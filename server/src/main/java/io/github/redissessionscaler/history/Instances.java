package io.github.redissessionscaler.history;

import java.util.OptionalLong;

/** How many instances of an application run, for who knows it. Must be thread-safe and return at once. */
@FunctionalInterface
public interface Instances {

    /** Knows of no application. */
    Instances UNKNOWN = (_, _) -> OptionalLong.empty();

    /** The running instances of what the ScaledObject scales, or empty when that is not known. */
    OptionalLong running(String namespace, String scaledObject);
}
