package io.github.redissessionscaler.management;

/** The condition of a trigger, worst first. */
enum TriggerHealth {
    /** Redis is unavailable, and inactive and 0 are reported: the application loses replicas. */
    MINIMUM,
    /** An error is reported. */
    ERROR,
    /** The value needs more replicas than the maximum of the HPA, which the Kubernetes API gives. */
    ABOVE_MAX,
    /** Redis is unavailable, and the last value is reported. */
    HELD,
    /** Redis is available, but the trigger has a warning. */
    WARNING,
    /** The value needs another number of replicas, but the HPA tolerates the difference. */
    TOLERATED,
    FINE;

    /** Whether somebody should look at it. */
    boolean isProblem() {
        return compareTo(WARNING) <= 0;
    }
}
