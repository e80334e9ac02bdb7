package io.github.redissessionscaler.hpa;

/** How fast the HPA follows the metric. */
public sealed interface Behavior {

    /**
     * The ScaledObject says nothing: up to twice as many replicas or 4 at each sync, whichever is more, and down to the highest
     * recommendation of the last 5 minutes.
     */
    record Unspecified() implements Behavior {}

    /** The ScaledObject says something; what it leaves open is {@link ScalingRules#UP} or {@link ScalingRules#DOWN}. */
    record Specified(ScalingRules up, ScalingRules down) implements Behavior {}
}
