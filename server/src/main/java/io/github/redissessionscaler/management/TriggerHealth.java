package io.github.redissessionscaler.management;

/** The condition of a trigger, worst first. */
enum TriggerHealth {
    /** Redis is unavailable for the trigger, and its outage policy applies. */
    OUTAGE,
    /** Redis is available, but the trigger has a warning. */
    PROBLEM,
    FINE
}
