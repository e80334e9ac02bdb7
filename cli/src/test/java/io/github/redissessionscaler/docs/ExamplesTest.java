package io.github.redissessionscaler.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.trigger.Activation;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
        try {
            return ScaledObjects.triggers(Files.readString(file));
        } catch (InvalidInputException | IllegalArgumentException e) {
            return fail(file + ": " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
