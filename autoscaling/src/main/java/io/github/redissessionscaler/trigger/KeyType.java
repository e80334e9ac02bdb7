package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.ValueParser;
import java.util.Arrays;
import java.util.Optional;

/** A Redis data type, named as TYPE returns it. Modules add others. */
public enum KeyType {
    STRING,
    LIST,
    SET,
    ZSET,
    HASH,
    STREAM;

    /** The type that TYPE names; empty for a type of a module and for a missing key. */
    public static Optional<KeyType> named(String name) {
        return Arrays.stream(values())
                .filter(type -> ValueParser.word(type).equals(name))
                .findFirst();
    }
}
