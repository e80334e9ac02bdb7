package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problem;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.YamlMistakes;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.trigger.MetadataKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Takes the settings out of a ScaledObject. For one file. */
public final class ScaledObjectFile {

    /** What scales nothing. */
    private static final List<String> IRRELEVANT = List.of(
            "scaleTargetRef.", "advanced.restoreToOriginalReplicaCount", "advanced.horizontalPodAutoscalerConfig.name");

    private static final String EXTERNAL = "external";

    /** What the annotations begin with that pause a ScaledObject or keep it active. */
    private static final String ANNOTATION = "autoscaling.keda.sh/";

    private final Optional<String> metric;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> given = new LinkedHashMap<>();
    private final List<String> ignored = new ArrayList<>();

    private ScaledObjectFile(Optional<String> metric) {
        this.metric = metric;
    }

    /**
     * What a ScaledObject says.
     *
     * @param ignored the fields that the simulation does not use
     */
    public record ParsedFile(ScenarioSettings settings, List<String> ignored) {}

    /**
     * One trigger of a ScaledObject.
     *
     * @param namespace of the ScaledObject; empty if the file does not say
     * @param name of the ScaledObject; empty if the file does not say
     * @param scaledObject what the ScaledObject says besides its triggers; KEDA's defaults where it says nothing
     * @param metadata as written, without the keys that name a variable of the application
     * @param ignored those keys, and the fields that a prediction does not use
     */
    public record FileTrigger(
            Optional<String> namespace,
            Optional<String> name,
            ScaledObject scaledObject,
            Map<String, String> metadata,
            List<String> ignored) {}

    /**
     * The trigger of type external in the only ScaledObject of a file.
     *
     * @param yaml the file's text
     * @param metric the {@code metricName} of the trigger that is meant, where there are several of type external
     * @throws InvalidInputException if there is not one ScaledObject and one such trigger, or a field is invalid
     */
    public static FileTrigger trigger(String yaml, Optional<String> metric) {
        Map<?, ?> scaledObject = scaledObject(yaml);
        var file = new ScaledObjectFile(metric);
        ParsedFile content = file.content(scaledObject);
        Map<?, ?> about = mapping(scaledObject.get("metadata"));
        return new FileTrigger(
                Optional.ofNullable(about.get("namespace")).map(String::valueOf),
                Optional.ofNullable(about.get("name")).map(String::valueOf),
                ScenarioSettings.of(file.settings).read("--scaledobject").scaledObject(),
                Map.copyOf(file.given),
                content.ignored());
    }

    /**
     * What the only ScaledObject of a file says. Other objects may stand there too.
     *
     * @param yaml the file's text
     * @param metric the {@code metricName} of the trigger that is meant, where there are several of type external
     * @throws InvalidInputException if there is not one ScaledObject and one such trigger
     */
    public static ParsedFile read(String yaml, Optional<String> metric) {
        return new ScaledObjectFile(metric).content(scaledObject(yaml));
    }

    private static Map<?, ?> scaledObject(String yaml) {
        try {
            var load =
                    new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build());
            List<Map<?, ?>> found = StreamSupport.stream(
                            load.loadAllFromString(yaml).spliterator(), false)
                    .flatMap(ScaledObjectFile::objects)
                    .<Map<?, ?>>mapMulti((object, out) -> {
                        if (object instanceof Map<?, ?> mapping && "ScaledObject".equals(mapping.get("kind"))) {
                            out.accept(mapping);
                        }
                    })
                    .toList();
            if (found.size() != 1) {
                throw invalid("the file has " + found.size() + " ScaledObjects; give a file with one");
            }
            return found.getFirst();
        } catch (YamlEngineException e) {
            throw invalid("the file" + YamlMistakes.words(e));
        }
    }

    /** The items of a list, as kubectl prints several objects; else the document. */
    private static Stream<?> objects(Object document) {
        return mapping(document).get("items") instanceof List<?> items ? items.stream() : Stream.of(document);
    }

    private ParsedFile content(Map<?, ?> scaledObject) {
        mapping(mapping(scaledObject.get("metadata")).get("annotations")).keySet().stream()
                .map(String::valueOf)
                .filter(name -> name.startsWith(ANNOTATION))
                .forEach(name -> ignored.add("metadata.annotations." + name));
        Map<?, ?> spec = mapping(scaledObject.get("spec"));
        spec.forEach((key, node) -> {
            if (!"triggers".equals(key)) {
                walk(String.valueOf(key), node);
            }
        });
        readTriggers(spec.get("triggers") instanceof List<?> list ? list : List.of());
        return new ParsedFile(ScenarioSettings.of(settings).with(ScenarioSettings.of(given)), List.copyOf(ignored));
    }

    private void walk(String path, Object node) {
        Optional<ScenarioKey> setting = ScenarioKey.atPath(path);
        if (setting.isPresent()) {
            settings.put(setting.get().text(), text(node));
        } else if (node instanceof Map<?, ?> mapping) {
            mapping.forEach((key, child) -> walk(path + "." + key, child));
        } else if (IRRELEVANT.stream().noneMatch(path::startsWith)) {
            ignored.add("spec." + path);
        }
    }

    private static String text(Object node) {
        return node instanceof List<?> policies
                ? policies.stream()
                        .map(ScaledObjectFile::mapping)
                        .map(ScaledObjectFile::policy)
                        .collect(Collectors.joining(" + "))
                : String.valueOf(node);
    }

    private static String policy(Map<?, ?> policy) {
        Object type = policy.get("type");
        String unit = "Percent".equals(type) ? "%" : "Pods".equals(type) ? "" : " " + type;
        return policy.get("value") + unit + "/" + policy.get("periodSeconds") + "s";
    }

    private void readTriggers(List<?> triggers) {
        int index = indexOfTrigger(triggers);
        readTrigger("spec.triggers[%d]".formatted(index), mapping(triggers.get(index)));
    }

    private int indexOfTrigger(List<?> triggers) {
        List<Integer> candidates = new ArrayList<>();
        for (int i = 0; i < triggers.size(); i++) {
            Map<?, ?> trigger = mapping(triggers.get(i));
            String type = String.valueOf(trigger.get("type"));
            if (!type.startsWith(EXTERNAL)) {
                ignored.add("spec.triggers[%d], of type %s".formatted(i, Printable.plain(type)));
            } else if (metric.map(name -> name.equals(metricOf(trigger))).orElse(true)) {
                candidates.add(i);
            } else {
                ignored.add("spec.triggers[%d], of another metric".formatted(i));
            }
        }
        if (candidates.size() != 1) {
            throw invalid(
                    candidates.isEmpty()
                            ? "the ScaledObject has no trigger of type external"
                                    + metric.map(name -> " with metricName " + Printable.of(name))
                                            .orElse("")
                            : "the ScaledObject has several triggers of type external; choose one with --trigger"
                                    + " METRIC: "
                                    + candidates.stream()
                                            .map(i -> metricOf(mapping(triggers.get(i))))
                                            .collect(Collectors.joining(", ")));
        }
        return candidates.getFirst();
    }

    private void readTrigger(String path, Map<?, ?> trigger) {
        settings.put(ScenarioKey.TYPE.text(), String.valueOf(trigger.get("type")));
        if (trigger.get(ScenarioKey.USE_CACHED_METRICS.text()) instanceof Boolean cached) {
            settings.put(ScenarioKey.USE_CACHED_METRICS.text(), cached.toString());
        }
        Object metricType = trigger.get("metricType");
        if (metricType != null && !"AverageValue".equals(metricType)) {
            throw invalid(path + ".metricType is " + Printable.of(String.valueOf(metricType))
                    + "; sessions per replica are an AverageValue");
        }
        readMetadata(path, trigger);
    }

    private void readMetadata(String path, Map<?, ?> trigger) {
        var problems = new Problems();
        mapping(trigger.get("metadata")).forEach((key, value) -> {
            String name = String.valueOf(key);
            ScenarioKey.of(name)
                    .ifPresent(setting -> problems.add(
                            path + ".metadata." + name,
                            "is no key of the trigger's metadata; move it to " + setting.place(path)));
            if (name.endsWith(MetadataKey.FROM_ENV)) {
                ignored.add(path + ".metadata." + name + ", which names a variable of the application");
            } else {
                given.put(name, String.valueOf(value));
            }
        });
        problems.throwIfAny();
    }

    private static String metricOf(Map<?, ?> trigger) {
        Object name = mapping(trigger.get("metadata")).get(MetadataKey.METRIC_NAME.text());
        return name == null ? MetadataKey.METRIC_NAME.byDefault().orElseThrow() : String.valueOf(name);
    }

    private static Map<?, ?> mapping(@Nullable Object node) {
        return node instanceof Map<?, ?> mapping ? mapping : Map.of();
    }

    private static InvalidInputException invalid(String message) {
        return new InvalidInputException(List.of(new Problem("--scaledobject", message)));
    }
}
