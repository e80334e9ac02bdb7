package io.github.redissessionscaler.hpa;

/** What determined the number of replicas. */
public enum DecisionReason {
    METRIC("the value needs that many"),
    TOLERATED("the metric is within the HPA's tolerance"),
    WINDOW("held by the stabilization window"),
    POLICY("limited by a scaling policy"),
    MINIMUM("the minimum"),
    MAXIMUM("the maximum"),
    NO_METRIC("the HPA has no metric and keeps them"),
    ZERO("the HPA is disabled at zero replicas"),
    ACTIVE("KEDA: a trigger is active"),
    COOLED_DOWN("KEDA: no trigger has been active for the cooldown period"),
    UNCHANGED("KEDA: no change");

    private final String words;

    DecisionReason(String words) {
        this.words = words;
    }

    /** The reason, to follow a colon or a comma. */
    @Override
    public String toString() {
        return words;
    }
}
