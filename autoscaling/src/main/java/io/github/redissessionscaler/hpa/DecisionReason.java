package io.github.redissessionscaler.hpa;

/** What had the last word on the number of replicas. */
public enum DecisionReason {
    METRIC("the metric needs them"),
    TOLERATED("the metric is within the HPA's tolerance"),
    WINDOW("the stabilization window holds them"),
    POLICY("the HPA goes no faster"),
    MINIMUM("the minimum"),
    MAXIMUM("the maximum"),
    NO_METRIC("the HPA gets no metric and leaves them"),
    ZERO("the HPA rests at zero"),
    ACTIVE("KEDA: a trigger is active"),
    COOLED_DOWN("KEDA: no trigger has been active for the cooldown period"),
    UNCHANGED("KEDA: nothing to do");

    private final String words;

    DecisionReason(String words) {
        this.words = words;
    }

    /** The reason behind a colon or a comma. */
    @Override
    public String toString() {
        return words;
    }
}
