package io.github.redissessionscaler.outage;

/** What to answer while Redis does not. */
public sealed interface Verdict<T> {

    /** The value that was last known. */
    record Hold<T>(Known<T> known) implements Verdict<T> {}

    /** Inactive and 0. */
    record Minimum<T>() implements Verdict<T> {}

    /** An error. */
    record Fail<T>() implements Verdict<T> {}
}
