package io.github.redissessionscaler.management;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.Suggestions;
import io.github.redissessionscaler.input.ValueParser;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parameters of a request. A parameter that is not read is a problem. Not thread-safe. */
final class RequestParameters {

    private final Map<String, List<String>> given = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final Problems problems = new Problems();

    /**
     * Those of a request.
     *
     * @param query what stands behind the question mark, percent-encoded; empty for nothing
     */
    RequestParameters(String query) {
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] sides = pair.split("=", 2);
                given.computeIfAbsent(decoded(sides[0]), _ -> new ArrayList<>())
                        .add(sides.length == 1 ? "" : decoded(sides[1]));
            }
        }
    }

    /** Unknown parameters that are reported; a request line has room for a thousand. */
    private static final int MOST_REPORTED = 10;

    /** A broken percent-encoding stands for itself. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** The value of a parameter; the default when it is not given, or wrong, which is noted. */
    <T> T take(String name, T byDefault, ValueParser<T> values) {
        return takeAll(name).stream()
                .findFirst()
                .flatMap(text -> values.parse(name, text, Printable::of, problems))
                .orElse(byDefault);
    }

    /** Every value of a parameter. */
    List<String> takeAll(String name) {
        known.add(name);
        List<String> values = given.remove(name);
        return values == null ? List.of() : values;
    }

    /**
     * Ends the taking.
     *
     * @throws InvalidInputException with everything that is wrong
     */
    void end() {
        given.keySet().stream()
                .limit(MOST_REPORTED)
                .forEach(name -> problems.add(
                        Printable.plain(name),
                        "is not a parameter of this path"
                                + (known.isEmpty() ? "" : ", which takes " + String.join(", ", known))
                                + Suggestions.question(name, known)));
        problems.throwIfAny();
    }
}
