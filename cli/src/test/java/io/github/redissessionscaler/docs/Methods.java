package io.github.redissessionscaler.docs;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The methods of the main code, as pages name them: {@code Evaluator.value}. */
final class Methods {

    private static final Pattern TYPE = Pattern.compile("\\b(?:class|record|interface|enum) ([A-Z]\\w*)");

    /** The source of each type; that of the file for a nested one. */
    private static final Map<String, String> SOURCES = sources();

    private Methods() {}

    static boolean isOurClass(String span) {
        return SOURCES.containsKey(type(span));
    }

    static boolean exists(String span) {
        String method = span.substring(span.indexOf('.') + 1);
        return Pattern.compile("[\\w>\\]] " + method + "\\(")
                .matcher(SOURCES.getOrDefault(type(span), ""))
                .find();
    }

    private static String type(String span) {
        return span.substring(0, span.indexOf('.'));
    }

    private static Map<String, String> sources() {
        return Stream.of("autoscaling", "server", "cli")
                .flatMap(module -> files(Repository.ROOT.resolve(module).resolve("src/main/java")).stream())
                .map(Methods::read)
                .flatMap(text -> TYPE.matcher(text).results().map(type -> Map.entry(type.group(1), text)))
                .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one + other));
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
