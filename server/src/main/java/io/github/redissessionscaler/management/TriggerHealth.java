package io.github.redissessionscaler.management;

/** How a trigger fares, the worst first. */
enum TriggerHealth {
    /** Redis does not answer, and the trigger's policy is in force. */
    OUTAGE,
    /** It is answered, and something about it does not fit. */
    PROBLEM,
    FINE
}
