package io.github.redissessionscaler.input;

import java.util.Optional;

/** A key that users set, with its entry in the reference. */
public interface DocumentedKey {

    /**
     * The entry of a key in the reference.
     *
     * @param text the key as users write it
     * @param values the form of its values
     * @param byDefault the default, or empty if a missing key has a meaning of its own
     * @param meaning what it does, in a sentence
     */
    record Reference(String text, ValueParser<?> values, Optional<String> byDefault, String meaning) {}

    /** The entry in the reference. */
    Reference reference();

    /** The key as users write it. */
    default String text() {
        return reference().text();
    }

    /** The values it accepts, as a noun. */
    default String accepted() {
        return reference().values().accepted();
    }

    /** The default, or empty if a missing key has a meaning of its own. */
    default Optional<String> byDefault() {
        return reference().byDefault();
    }

    /** What it does, in a sentence. */
    default String meaning() {
        return reference().meaning();
    }
}
