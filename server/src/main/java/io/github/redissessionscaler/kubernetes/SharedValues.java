package io.github.redissessionscaler.kubernetes;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Makes equal values one object, as far as there is room. Thread-safe. */
final class SharedValues {

    private static final int MOST = 1_000;

    private final ConcurrentMap<Object, Object> values = new ConcurrentHashMap<>();

    /** The value, or an equal one seen before. */
    @SuppressWarnings("unchecked") // an equal object of the same class
    <T> T share(T value) {
        Object known = values.get(value);
        if (known != null && known.getClass() == value.getClass()) {
            return (T) known;
        }
        if (values.size() < MOST) {
            values.putIfAbsent(value, value);
        }
        return value;
    }
}
