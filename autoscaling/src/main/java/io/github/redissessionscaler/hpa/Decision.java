package io.github.redissessionscaler.hpa;

/** The desired number of replicas, and the reason. */
public record Decision(long replicas, DecisionReason reason) {}
