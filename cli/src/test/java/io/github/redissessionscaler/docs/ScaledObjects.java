package io.github.redissessionscaler.docs;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** ScaledObjects in YAML, read by the parser that reads what KEDA sends. */
public final class ScaledObjects {

    private ScaledObjects() {}

    /** The documents of a YAML text. */
    static List<Object> documents(String yaml) {
        return StreamSupport.stream(
                        new Load(LoadSettings.builder().build())
                                .loadAllFromString(yaml)
                                .spliterator(),
                        false)
                .toList();
    }

    /**
     * The triggers of a YAML text that this scaler serves.
     *
     * @throws InvalidInputException if the scaler would refuse one
     */
    public static List<Trigger> triggers(String yaml) {
        return documents(yaml).stream()
                .map(ScaledObjects::mapping)
                .filter(object -> "ScaledObject".equals(object.get("kind")))
                .flatMap(object -> triggersOf(mapping(child(object, "spec"))).stream())
                .toList();
    }

    /** The same of a mapping that has {@code triggers}, such as a ScaledObject's {@code spec}. */
    static List<Trigger> triggersOf(Map<?, ?> spec) {
        return list(child(spec, "triggers"))
                .map(ScaledObjects::mapping)
                .filter(trigger -> String.valueOf(trigger.get("type")).startsWith("external"))
                .map(trigger -> TriggerParser.parse(metadata(mapping(child(trigger, "metadata")))))
                .toList();
    }

    /** KEDA takes strings alone: a number or true without quotes is refused by the cluster. */
    private static Map<String, String> metadata(Map<?, ?> given) {
        Map<String, String> metadata = new HashMap<>();
        given.forEach((key, value) -> {
            if (!(value instanceof String text)) {
                throw new IllegalArgumentException("the value of " + key + " needs quotes");
            }
            metadata.put(String.valueOf(key), text);
        });
        return metadata;
    }

    static Map<?, ?> mapping(Object value) {
        return (Map<?, ?>) value;
    }

    private static Object child(Map<?, ?> parent, String key) {
        return Objects.requireNonNull(parent.get(key), () -> key + " is missing");
    }

    private static Stream<?> list(Object value) {
        return ((List<?>) value).stream();
    }
}
