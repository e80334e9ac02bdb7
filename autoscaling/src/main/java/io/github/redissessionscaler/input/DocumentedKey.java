package io.github.redissessionscaler.input;

import java.util.Optional;

/** A key that users give values to, and what its reference says. */
public interface DocumentedKey {

    /**
     * What the reference says of a key.
     *
     * @param text the key as users write it
     * @param values the form of its values
     * @param byDefault the value that stands for a missing one, or empty when a missing key has its own meaning
     * @param meaning what it is for, in a sentence
     */
    record Reference(String text, ValueParser<?> values, Optional<String> byDefault, String meaning) {}

    /** What its reference says. */
    Reference reference();

    /** The key as users write it. */
    default String text() {
        return reference().text();
    }

    /** The values that it takes, as a noun. */
    default String accepted() {
        return reference().values().accepted();
    }

    /** The value that stands for a missing one, or empty when a missing key has its own meaning. */
    default Optional<String> byDefault() {
        return reference().byDefault();
    }

    /** What it is for, in a sentence. */
    default String meaning() {
        return reference().meaning();
    }
}
