package io.github.redissessionscaler.trigger;

/** How keys that match a pattern are counted. */
public enum Accuracy {
    /** Every key is visited. */
    EXACT,
    /** Keys are sampled; the count comes with a standard error. */
    ESTIMATE,
    /** Exact if that is cheap, else estimated. */
    AUTO
}
