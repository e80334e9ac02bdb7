package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.redissessionscaler.input.Printable;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads fields of objects that may lack them. */
final class Fields {

    /** Characters of a text that is shown. */
    static final int LONGEST = 500;

    private Fields() {}

    /** The value at the path in the object, outside of its metadata; null if there is none. */
    static @Nullable Object at(GenericKubernetesResource object, String... path) {
        return at(object.getAdditionalProperties(), path);
    }

    private static @Nullable Object at(@Nullable Object root, String... path) {
        Object current = root;
        for (String name : path) {
            current = current instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return current;
    }

    static Optional<String> text(@Nullable Object root, String... path) {
        return at(root, path) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    static OptionalInt number(@Nullable Object root, String... path) {
        return at(root, path) instanceof Number number ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    }

    /** A whole number that is written as text; empty if it is none. */
    static OptionalInt numeral(String text) {
        return text.matches("\\d{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    static Optional<Instant> time(@Nullable Object root, String... path) {
        try {
            return text(root, path).map(Instant::parse);
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    /** The elements of a list; none if there is no such list. */
    static List<Object> list(@Nullable Object root, String... path) {
        List<Object> elements = new ArrayList<>();
        if (at(root, path) instanceof List<?> list) {
            elements.addAll(list);
        }
        return elements;
    }

    /** A text of somebody else, as one line that is not too long. */
    static String shown(String text) {
        return Printable.plain(text, LONGEST);
    }
}
