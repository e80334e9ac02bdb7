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
 * Counts the elements of one key of any type. The type is cached, so that a count is one command until the type changes.
 * Thread-safe.
 */
public final class ElementCount {

    /** Beginning of the value of a HyperLogLog. */
    private static final String HYPER_LOG_LOG = "HYLL";

    /** Longer than any number of Redis. */
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
            return recount();
        }
        try {
            return switch (known.kind()) {
                case LENGTH -> (double) keyspace.cardinality(key, known.type());
                case NUMBER -> {
                    Optional<String> text = keyspace.get(key);
                    yield text.isPresent() && isHyperLogLog(text.get()) ? recount() : number(text);
                }
            };
        } catch (KeyspaceException e) {
            if (e.reason() != Reason.WRONGTYPE) {
                throw e;
            }
            return recount();
        }
    }

    private double recount() {
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
            throw notANumber("is not a number: 'key' must be a list, set, sorted set, hash, stream, HyperLogLog,"
                    + " or a string that holds a number");
        }
        if (!(number.getAsDouble() >= 0 && number.getAsDouble() <= Keyspace.MOST)) {
            throw notANumber("holds " + Printable.plain(text.get()) + ", which is not a number of sessions from 0 to "
                    + Keyspace.MOST);
        }
        return number.getAsDouble();
    }

    /** Accepts ASCII digits only; BigDecimal accepts digits of other scripts too. */
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

    /** Does not quote the text unless it is a number: it could be a session. */
    private KeyspaceException notANumber(String why) {
        return new KeyspaceException(
                Reason.NOT_A_NUMBER, "the string stored at the key " + Printable.of(key) + " " + why);
    }

    private static boolean isHyperLogLog(String text) {
        return text.startsWith(HYPER_LOG_LOG);
    }
}
