package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the pairs of an option that may be repeated, KEY=VALUE. */
final class KeyValues {

    private KeyValues() {}

    /** The values by key. An error names a pair by its place, since a value may be a password. */
    static Map<String, String> of(String option, List<String> pairs) {
        Map<String, String> values = new LinkedHashMap<>();
        var problems = new Problems();
        for (int i = 0; i < pairs.size(); i++) {
            String[] parts = pairs.get(i).split("=", 2);
            if (parts.length < 2 || parts[0].isBlank()) {
                problems.add(option, "number " + (i + 1) + " is not KEY=VALUE, such as sessionSize=50");
            } else if (values.putIfAbsent(parts[0], parts[1]) != null) {
                problems.add(option, Printable.name(parts[0]) + " is set twice; keep one of them");
            }
        }
        problems.throwIfAny();
        return values;
    }
}
