package io.github.redissessionscaler.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.redissessionscaler.problem.InvalidInputException;
import io.github.redissessionscaler.trigger.Activation;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The examples, read by the parser that reads what KEDA sends. */
final class ExamplesTest {

    private static final Path EXAMPLES = Path.of("..", "examples");

    @ParameterizedTest
    @MethodSource("files")
    void everyTriggerIsGood(Path file) {
        assertThat(triggers(file)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void theIndexNamesTheFile(Path file) throws IOException {
        String name = file.getFileName().toString();

        assertThat(Files.readString(EXAMPLES.resolve("README.md"))).contains("[" + name + "](" + name + ")");
    }

    @Test
    void everyWayToCountHasAnExample() {
        assertCovered(CountQuery.class, trigger -> trigger.source().query());
    }

    @Test
    void everyWayToBeActiveHasAnExample() {
        assertCovered(Activation.class, Trigger::activation);
    }

    @Test
    void everyAnswerToAnOutageHasAnExample() {
        assertCovered(UnavailablePolicy.class, Trigger::onUnavailable);
    }

    private static <T> void assertCovered(Class<T> alternatives, Function<Trigger, T> chosen) {
        assertThat(files().flatMap(file -> triggers(file).stream())
                        .map(trigger -> (Object) chosen.apply(trigger).getClass()))
                .contains((Object[]) alternatives.getPermittedSubclasses());
    }

    private static Stream<Path> files() {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The triggers of a file that this scaler serves. */
    private static List<Trigger> triggers(Path file) {
        return objects(file)
                .filter(object -> "ScaledObject".equals(object.get("kind")))
                .flatMap(object -> list(child(mapping(child(object, "spec")), "triggers")))
                .map(ExamplesTest::mapping)
                .filter(trigger -> String.valueOf(trigger.get("type")).startsWith("external"))
                .map(trigger -> parse(file, metadata(mapping(child(trigger, "metadata")))))
                .toList();
    }

    private static Trigger parse(Path file, Map<String, String> metadata) {
        try {
            return TriggerParser.parse(metadata);
        } catch (InvalidInputException e) {
            return fail(file + ": " + e.getMessage());
        }
    }

    /** KEDA takes strings alone: a number or true without quotes is refused by the cluster. */
    private static Map<String, String> metadata(Map<?, ?> given) {
        Map<String, String> metadata = new HashMap<>();
        given.forEach((key, value) -> {
            assertThat(value).describedAs("the value of %s", key).isInstanceOf(String.class);
            metadata.put(String.valueOf(key), String.valueOf(value));
        });
        return metadata;
    }

    private static Stream<Map<?, ?>> objects(Path file) {
        try {
            var load = new Load(LoadSettings.builder().setLabel(file.toString()).build());
            return StreamSupport.stream(
                            load.loadAllFromString(Files.readString(file)).spliterator(), false)
                    .map(ExamplesTest::mapping);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object child(Map<?, ?> parent, String key) {
        return Objects.requireNonNull(parent.get(key), () -> key + " is missing");
    }

    private static Map<?, ?> mapping(Object value) {
        return (Map<?, ?>) value;
    }

    private static Stream<?> list(Object value) {
        return ((List<?>) value).stream();
    }
}
