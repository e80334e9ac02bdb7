package io.github.redissessionscaler.hpa;

/** How many replicas there shall be from now on, and why. */
public record Decision(long replicas, DecisionReason reason) {}
