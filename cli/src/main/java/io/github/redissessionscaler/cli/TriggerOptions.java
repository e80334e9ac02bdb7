package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.simulation.ScaledObjectFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The trigger that is tested, from options, from a ScaledObject's file, or from both. */
final class TriggerOptions {

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "A key of the trigger's metadata; may be repeated.")
    private List<String> pairs = List.of();

    @Option(
            names = "--scaledobject",
            paramLabel = "FILE",
            description =
                    "YAML or JSON file with the ScaledObject whose name, namespace and metadata are used, or - for"
                            + " standard input.")
    private @Nullable String scaledObject;

    @Option(
            names = "--trigger",
            paramLabel = "METRIC",
            description = "metricName of the trigger, if the ScaledObject has several.")
    private @Nullable String triggerMetric;

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

    /** A trigger's metadata, and the ScaledObject that it belongs to. */
    record NamedTrigger(String namespace, Optional<String> name, Map<String, String> metadata, List<String> ignored) {

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
        Map<String, String> given = KeyValues.of("--metadata", pairs);
        if (scaledObject == null) {
            if (triggerMetric != null) {
                throw InvalidInputException.of("--trigger", "requires --scaledobject");
            }
            return new NamedTrigger(
                    namespace == null ? "default" : namespace, Optional.ofNullable(name), given, List.of());
        }
        ScaledObjectFile.FileTrigger found = ScaledObjectFile.trigger(
                InputText.ofFile("--scaledobject", scaledObject), Optional.ofNullable(triggerMetric));
        Map<String, String> metadata = new LinkedHashMap<>(found.metadata());
        metadata.putAll(given);
        return new NamedTrigger(
                namespace == null ? found.namespace().orElse("default") : namespace,
                Optional.ofNullable(name).or(found::name),
                metadata,
                found.ignored());
    }
}
