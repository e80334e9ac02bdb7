package io.github.redissessionscaler.config;

import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.Suggestions;
import io.github.redissessionscaler.input.ValueParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the configuration file while it is read. It remembers which keys were read: a key that was not read by
 * {@link #end} is unknown. For one thread.
 */
final class Section {

    private final String path;
    private final Map<String, Object> entries;
    private final Problems problems;
    private final Set<String> known = new TreeSet<>();
    private final Map<String, Path> files = new LinkedHashMap<>();
    private final List<Section> children = new ArrayList<>();

    Section(String path, Map<String, Object> entries, Problems problems) {
        this.path = path;
        this.entries = entries;
        this.problems = problems;
    }

    /** A mapping out of whatever the YAML reader made; what has no name is noted. */
    static Section of(String path, Object value, Problems problems) {
        Map<String, Object> entries = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> mapping) {
            mapping.forEach((key, entry) -> entries.put(String.valueOf(key), entry));
        } else {
            problems.add(path, "is not a mapping of keys to values; write each as key: value, indented below " + path);
        }
        return new Section(path, entries, problems);
    }

    /** Where a key stands in the file. */
    String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    boolean has(String key) {
        return entries.get(key) != null;
    }

    Set<String> keys() {
        return entries.keySet();
    }

    Problems problems() {
        return problems;
    }

    void problem(String key, String message) {
        problems.add(pathOf(key), message);
    }

    /** The value as text, or empty when there is none or it is not a single value, which is noted. */
    Optional<String> text(String key) {
        known.add(key);
        Object value = entries.get(key);
        if (value != null && !isSingle(value)) {
            problem(key, "is not a single value; write one text or number after the colon");
            return Optional.empty();
        }
        return Optional.ofNullable(value).map(String::valueOf);
    }

    /** The value as the path of a file, or empty when there is none or it is none, which is noted. */
    Optional<Path> file(String key) {
        Optional<Path> file = read(key, SettingValues.PATH, Printable::path);
        file.ifPresent(path -> files.put(key, path));
        return file;
    }

    /** Reports every file, of this section and below, that cannot be read. */
    void requireFiles() {
        files.forEach(this::requireFile);
        children.forEach(Section::requireFiles);
    }

    private void requireFile(String key, Path file) {
        try (var in = Files.newInputStream(file)) {
            var _ = in.read();
        } catch (IOException e) {
            problem(
                    key,
                    Printable.path(file.toString()) + " cannot be read: " + Causes.describe(e)
                            + "; provide the file, or correct the path");
        }
    }

    /** The path, or empty when no file can be called so. */
    static Optional<Path> path(String text) {
        try {
            return text.isEmpty() || text.contains("-----BEGIN") ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    /** The value, or empty when there is none or it is wrong, which is noted. A message shows numbers and words alone. */
    <T> Optional<T> read(String key, ValueParser<T> values) {
        return read(key, values, Printable::value);
    }

    /**
     * The same.
     *
     * @param shown how a message shows a value that is refused
     */
    <T> Optional<T> read(String key, ValueParser<T> values, UnaryOperator<String> shown) {
        return text(key).flatMap(given -> values.parse(pathOf(key), given, shown, problems));
    }

    /** The values of a list, or of one text with commas; none when there is no such key. */
    List<String> list(String key) {
        known.add(key);
        Object value = entries.get(key);
        if (value instanceof List<?> items) {
            if (!items.stream().allMatch(Section::isSingle)) {
                problem(key, "is not a list of single values; write [one, two]");
            }
            return items.stream().filter(Section::isSingle).map(String::valueOf).toList();
        }
        return text(key).map(given -> List.of(given.split("\\s*,\\s*", -1))).orElseGet(List::of);
    }

    Optional<Section> section(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key)).map(value -> {
            Section child = of(pathOf(key), value, problems);
            children.add(child);
            return child;
        });
    }

    private static boolean isSingle(@Nullable Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean;
    }

    /** Reports every key that was not read, here and below. */
    void end() {
        entries.keySet().stream().filter(key -> !known.contains(key)).forEach(this::unknown);
        children.forEach(Section::end);
    }

    /** A key without a value may be a password that stands where a key should. */
    private void unknown(String key) {
        Optional<String> nearest = Suggestions.to(key, known);
        String shown = nearest.isPresent() || has(key) ? Printable.name(key) : Printable.name("?");
        problem(
                shown,
                "is not known"
                        + nearest.map(name -> "; did you mean '" + name + "'?")
                                .orElse("; remove it, or use one of " + String.join(", ", known)));
    }
}
