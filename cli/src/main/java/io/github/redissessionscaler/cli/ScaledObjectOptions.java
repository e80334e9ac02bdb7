package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.Problems;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The file with a ScaledObject, and which of its triggers is meant. */
final class ScaledObjectOptions {

    @Option(
            names = "--scaledobject",
            paramLabel = "FILE",
            description = "YAML or JSON file with the ScaledObject to start from, or - for standard input.")
    private @Nullable String file;

    @Option(
            names = "--trigger",
            paramLabel = "METRIC",
            description = "metricName of the trigger, if the ScaledObject has several.")
    private @Nullable String trigger;

    /** Notes an option that would have no effect. */
    void check(Problems problems) {
        if (trigger != null && file == null) {
            problems.add("--trigger", "requires --scaledobject");
        }
    }

    /**
     * The content of the file, if one is given.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException if it cannot be read
     */
    Optional<String> text() {
        return Optional.ofNullable(file).map(name -> InputText.ofFile("--scaledobject", name));
    }

    /** The {@code metricName} of the trigger that is meant. */
    Optional<String> metric() {
        return Optional.ofNullable(trigger);
    }
}
