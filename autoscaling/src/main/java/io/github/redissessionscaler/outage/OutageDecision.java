package io.github.redissessionscaler.outage;

/** What to answer while Redis does not. */
public sealed interface OutageDecision<T> {

    /** The value that was last known. */
    record ReportLast<T>(Timestamped<T> known) implements OutageDecision<T> {}

    /** Inactive and 0. */
    record ReportMinimum<T>() implements OutageDecision<T> {}

    /** An error. */
    record ReportError<T>() implements OutageDecision<T> {}
}
