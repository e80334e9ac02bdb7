package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.simulation.ScaledObjectFile;
import io.github.redissessionscaler.simulation.ScaledObjectFile.FileTrigger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The trigger that is tested, from options, from a ScaledObject's file, or from both. */
final class TriggerOptions {

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "A key of the trigger's metadata; may be repeated.")
    private List<String> pairs = List.of();

    @Mixin
    private ScaledObjectOptions scaledObject = new ScaledObjectOptions();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the ScaledObject; default: " + NamedTrigger.CHECK + ", and " + NamedTrigger.MY_APP
                    + " in a printed one.")
    private @Nullable String name;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Namespace of the ScaledObject; default: that of --scaledobject, else default.")
    private @Nullable String namespace;

    /**
     * A trigger's metadata, and the ScaledObject that it belongs to.
     *
     * @param scaledObject what a ScaledObject's file says besides its triggers
     */
    record NamedTrigger(
            String namespace,
            Optional<String> name,
            Optional<ScaledObject> scaledObject,
            Map<String, String> metadata,
            List<String> ignored) {

        private static final String CHECK = "check";
        private static final String MY_APP = "my-app";

        /** The name in a call. */
        String nameInCall() {
            return name.orElse(CHECK);
        }

        /** The name in a printed ScaledObject. */
        String nameInPrint() {
            return name.orElse(MY_APP);
        }
    }

    /**
     * What the options say takes precedence over what the file says.
     *
     * @throws InvalidInputException if the file cannot be read, or does not have the trigger
     */
    NamedTrigger read() {
        var problems = new Problems();
        scaledObject.check(problems);
        problems.throwIfAny();
        Map<String, String> given = KeyValues.of("--metadata", pairs);
        Optional<FileTrigger> inFile =
                scaledObject.text().map(text -> ScaledObjectFile.trigger(text, scaledObject.metric()));
        Map<String, String> metadata =
                new LinkedHashMap<>(inFile.map(FileTrigger::metadata).orElse(Map.of()));
        metadata.putAll(given);
        return new NamedTrigger(
                Optional.ofNullable(namespace)
                        .or(() -> inFile.flatMap(FileTrigger::namespace))
                        .orElse("default"),
                Optional.ofNullable(name).or(() -> inFile.flatMap(FileTrigger::name)),
                inFile.map(FileTrigger::scaledObject),
                metadata,
                inFile.map(FileTrigger::ignored).orElse(List.of()));
    }
}
