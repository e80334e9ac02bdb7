package io.github.redissessionscaler.diagnosis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.trigger.KeyType;
import java.util.Optional;

/**
 * A key that was inspected.
 *
 * @param latin1 its bytes, as characters
 * @param type as TYPE gives it; empty if Redis refuses it
 * @param ttlMillis -1 without a time to live; empty if Redis refuses it
 * @param weight number of keys of the database that it stands for
 */
record SeenKey(String latin1, Optional<String> type, Optional<Long> ttlMillis, double weight) {

    byte[] bytes() {
        return latin1.getBytes(ISO_8859_1);
    }

    String name() {
        return new String(bytes(), UTF_8);
    }

    /** Whether it has a time to live, as far as it is known. */
    boolean expires() {
        return ttlMillis.map(millis -> millis > 0).orElse(true);
    }

    /** Whether it is of this type, as far as it is known. */
    boolean isOf(KeyType wanted) {
        return type.map(ValueParser.word(wanted)::equals).orElse(true);
    }
}
