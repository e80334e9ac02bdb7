package io.github.redissessionscaler.outage;

/** What to report while Redis is unavailable. */
public sealed interface OutageDecision<T> {

    /** The last known value. */
    record ReportLast<T>(Timestamped<T> known) implements OutageDecision<T> {}

    /** Inactive and 0. */
    record ReportMinimum<T>() implements OutageDecision<T> {}

    /** An error. */
    record ReportError<T>() implements OutageDecision<T> {}
}
