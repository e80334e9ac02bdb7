package io.github.redissessionscaler.hpa;

/** How fast the HPA follows the metric. */
public sealed interface Behavior {

    /**
     * The ScaledObject sets no behavior: the HPA scales out to at most twice the replicas or 4 at each sync, whichever is more,
     * and scales in to the highest recommendation of the last 5 minutes.
     */
    record Unspecified() implements Behavior {}

    /** The ScaledObject sets a behavior; {@link ScalingRules#UP} and {@link ScalingRules#DOWN} are the defaults of its parts. */
    record Specified(ScalingRules up, ScalingRules down) implements Behavior {}
}
