package io.github.redissessionscaler.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Glob;
import io.github.redissessionscaler.trigger.Preset;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recipes of docs/frameworks.md do what they say. */
final class FrameworksTest {

    private static final Path PAGE = Path.of("..", "docs", "frameworks.md");
    private static final Path TRIED = Path.of("..", "tests", "layouts", "src", "test", "java");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

    /** A row of the tables. */
    record Recipe(String framework, String session, Map<String, String> metadata, boolean tried) {

        static Recipe of(String row) {
            String[] cells = row.split("\\|", -1);
            Map<String, String> metadata = new HashMap<>();
            spans(cells[3]).forEach(pair -> {
                String[] parts = pair.split(": ", 2);
                metadata.put(parts[0], parts[1].replaceAll("^\"|\"$", ""));
            });
            return new Recipe(
                    cells[1].strip(),
                    spans(cells[2]).getFirst(),
                    metadata,
                    !cells[1].strip().endsWith("*"));
        }

        private static List<String> spans(String cell) {
            return SPAN.matcher(cell).results().map(span -> span.group(1)).toList();
        }

        @Override
        public String toString() {
            return framework;
        }
    }

    static List<Recipe> recipes() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| framework"))
                .map(Recipe::of)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void theTriggerCountsTheSession(Recipe recipe) {
        Trigger trigger = TriggerParser.parse(recipe.metadata());

        switch (trigger.source().query()) {
            case CountQuery.MatchingKeys keys ->
                assertThat(counts(keys, recipe.session())).isTrue();
            case CountQuery.UnexpiredMembers(String key) -> assertThat(key).isEqualTo(recipe.session());
            case CountQuery.ExpiringKeys() -> assertThat(recipe.session()).isNotBlank();
            default -> throw new AssertionError(recipe + " counts something else");
        }
    }

    @Test
    void everyPresetAndFortyFrameworksHaveARecipe() throws IOException {
        Set<String> presets = recipes().stream()
                .flatMap(recipe -> Stream.ofNullable(recipe.metadata().get("preset")))
                .collect(Collectors.toSet());

        assertThat(presets).containsExactlyInAnyOrderElementsOf(Preset.names());
        assertThat(recipes()).hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void whatWasTriedIsInTheTestsOfLayouts() throws IOException {
        String tests;
        try (Stream<Path> files = Files.walk(TRIED)) {
            tests = files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().endsWith("Test.java"))
                    .map(FrameworksTest::read)
                    .collect(Collectors.joining());
        }
        Map<String, Boolean> tried = recipes().stream()
                .filter(recipe -> recipe.metadata().containsKey("preset"))
                .collect(Collectors.toMap(
                        recipe -> recipe.metadata().getOrDefault("preset", ""), Recipe::tried, Boolean::logicalOr));

        assertThat(tried)
                .allSatisfy((preset, inTests) ->
                        assertThat(tests.contains("\"" + preset + "\"")).isEqualTo(inTests));
    }

    private static String read(Path file) {
        return Page.read(file).text();
    }

    private static boolean counts(CountQuery.MatchingKeys query, String key) {
        byte[] name = key.getBytes(UTF_8);
        return query.patterns().stream().anyMatch(glob -> Glob.of(glob).matches(name))
                && query.excludes().stream().noneMatch(glob -> Glob.of(glob).matches(name));
    }
}
