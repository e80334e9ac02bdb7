package io.github.redissessionscaler.testing;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A scrape in Prometheus's text format.
 *
 * @param families by name
 * @param labels by the name of a sample: those that it was seen with
 */
public record Scrape(Map<String, Family> families, Map<String, Set<String>> labels) {

    private static final Pattern HELP = Pattern.compile("# HELP (?<name>\\S+) (?<text>.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (?<name>\\S+) (?<type>\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("(?<name>[a-zA-Z_:]+)(?:\\{(?<labels>.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(?<name>[a-zA-Z_]+)=\"(?:[^\"\\\\]|\\\\.)*\",?");

    /** One family of metrics. */
    public record Family(String name, String type, String help) {

        /** The names that its samples have. */
        public Stream<String> samples() {
            return switch (type) {
                case "histogram" -> Stream.of("_bucket", "_count", "_sum").map(name::concat);
                case "summary" -> Stream.of("_count", "_sum").map(name::concat);
                default -> Stream.of(name);
            };
        }
    }

    /** Everything that stands in one of these texts. */
    public static Scrape of(String... texts) {
        Map<String, String> helps = new TreeMap<>();
        Map<String, Family> families = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        Arrays.stream(texts).flatMap(String::lines).forEach(line -> {
            matched(HELP, line).ifPresent(help -> helps.put(help.group("name"), help.group("text")));
            matched(TYPE, line)
                    .ifPresent(type -> families.put(
                            type.group("name"),
                            new Family(
                                    type.group("name"),
                                    type.group("type"),
                                    helps.getOrDefault(type.group("name"), ""))));
            matched(SAMPLE, line)
                    .ifPresent(sample -> labels.computeIfAbsent(sample.group("name"), _ -> new TreeSet<>())
                            .addAll(labels(Optional.ofNullable(sample.group("labels")))));
        });
        return new Scrape(families, labels);
    }

    /** Labels of the family, without those that its type brings along. */
    public Set<String> labelsOf(Family family) {
        return family.samples()
                .flatMap(sample -> Objects.requireNonNull(labels.getOrDefault(sample, Set.of())).stream())
                .filter(label -> !label.equals("le"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Optional<Matcher> matched(Pattern pattern, String line) {
        return Optional.of(pattern.matcher(line)).filter(Matcher::matches);
    }

    private static Set<String> labels(Optional<String> text) {
        return text.stream()
                .flatMap(all -> LABEL.matcher(all).results())
                .map(label -> label.group("name"))
                .collect(Collectors.toSet());
    }
}
