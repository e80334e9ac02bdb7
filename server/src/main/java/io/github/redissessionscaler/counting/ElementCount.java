package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.trigger.KeyType;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The elements of one key, whatever its type. The type is remembered, so that a count costs one command until the type
 * changes. Thread-safe.
 */
public final class ElementCount {

    /** How the text of a HyperLogLog begins. */
    private static final String HYPER_LOG_LOG = "HYLL";

    /** Longer than any number that Redis writes. */
    private static final int LONGEST_NUMBER = 64;

    private static final int ASCII_END = 128;

    private enum ElementKind {
        LENGTH,
        NUMBER
    }

    private record ElementShape(ElementKind kind, KeyType type) {}

    private final Keyspace keyspace;
    private final String key;

    private volatile @Nullable ElementShape shape;

    public ElementCount(Keyspace keyspace, String key) {
        this.keyspace = keyspace;
        this.key = key;
    }

    public double count() {
        ElementShape known = shape;
        if (known == null) {
            return countAnew();
        }
        try {
            return switch (known.kind()) {
                case LENGTH -> (double) keyspace.cardinality(key, known.type());
                case NUMBER -> {
                    Optional<String> text = keyspace.get(key);
                    yield text.isPresent() && isHyperLogLog(text.get()) ? countAnew() : number(text);
                }
            };
        } catch (KeyspaceException e) {
            if (e.reason() != Reason.WRONGTYPE) {
                throw e;
            }
            return countAnew();
        }
    }

    private double countAnew() {
        shape = null;
        Optional<KeyType> type = keyspace.type(key);
        if (type.isEmpty()) {
            return 0;
        }
        if (type.get() == KeyType.STRING) {
            Optional<String> text = keyspace.get(key);
            if (text.isEmpty() || !isHyperLogLog(text.get())) {
                double number = number(text);
                shape = new ElementShape(ElementKind.NUMBER, KeyType.STRING);
                return number;
            }
        }
        long length = keyspace.cardinality(key, type.get());
        shape = new ElementShape(ElementKind.LENGTH, type.get());
        return (double) length;
    }

    private double number(Optional<String> text) {
        if (text.isEmpty()) {
            return 0;
        }
        OptionalDouble number = parse(text.get());
        if (number.isEmpty()) {
            throw notANumber(
                    "is not a number: 'key' counts a list, set, sorted set, hash, stream or HyperLogLog, or reads"
                            + " the number that a string holds");
        }
        if (!(number.getAsDouble() >= 0 && number.getAsDouble() <= Keyspace.MOST)) {
            throw notANumber("holds " + Printable.plain(text.get())
                    + ", which is no number of sessions: that is not negative, and at most " + Keyspace.MOST);
        }
        return number.getAsDouble();
    }

    /** BigDecimal also takes the digits of other scripts, which no other number of the scaler may have. */
    private static OptionalDouble parse(String text) {
        if (text.length() > LONGEST_NUMBER || !text.chars().allMatch(character -> character < ASCII_END)) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(new BigDecimal(text.strip()).doubleValue());
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /** Without the text itself, unless it is a number: it may be anybody's session. */
    private KeyspaceException notANumber(String why) {
        return new KeyspaceException(
                Reason.NOT_A_NUMBER, "the string stored at the key " + Printable.of(key) + " " + why);
    }

    private static boolean isHyperLogLog(String text) {
        return text.startsWith(HYPER_LOG_LOG);
    }
}
