package io.github.redissessionscaler.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the Helm chart says of itself and of the scaler. What it renders is tested in packaging/charts/test. */
final class ChartTest {

    private static final Path CHART = Path.of("..", "packaging", "charts", "redis-session-scaler");
    private static final Path SCHEMA = CHART.resolve("values.schema.json");

    /** What the chart decides itself. */
    private static final Set<Setting> NOT_IN_VALUES = Set.of(
            Setting.LISTEN_ADDRESS,
            Setting.GRPC_PORT,
            Setting.GRPC_TLS_CERT_FILE,
            Setting.GRPC_TLS_KEY_FILE,
            Setting.GRPC_TLS_CLIENT_CA_FILE,
            Setting.MANAGEMENT_PORT,
            Setting.KUBERNETES_WATCH,
            Setting.KUBERNETES_NAMESPACES,
            Setting.KUBERNETES_CONFIG_FILE);

    /** A value of the chart. */
    private record Value(List<String> path, Object byDefault, String meaning) {}

    @Test
    void theReadmeHasEveryValue() throws IOException {
        GeneratedText.checkBetween(
                "values",
                CHART.resolve("README.md"),
                GeneratedText.table(
                        List.of("value", "default", "meaning"),
                        values().stream()
                                .map(value -> List.of(
                                        "`" + String.join(".", value.path) + "`",
                                        "`" + json(new GsonBuilder()).toJson(value.byDefault) + "`",
                                        value.meaning))));
    }

    @Test
    void theSchemaDescribesEveryValueAndSetting() throws IOException {
        JsonObject schema = JsonParser.parseString(Files.readString(SCHEMA)).getAsJsonObject();
        for (Value value : values()) {
            describe(property(schema, value.path), value.meaning);
        }
        for (Setting setting : settings().toList()) {
            describe(property(schema, List.of("settings", setting.path())), setting.meaning());
        }

        GeneratedText.check(SCHEMA, json(new GsonBuilder().setPrettyPrinting()).toJson(schema) + "\n");
    }

    @Test
    void theSchemaKnowsNothingElse() throws IOException {
        JsonObject schema = JsonParser.parseString(Files.readString(SCHEMA)).getAsJsonObject();

        assertThat(property(schema, List.of("settings"))
                        .getAsJsonObject("properties")
                        .keySet())
                .containsExactlyInAnyOrderElementsOf(
                        settings().map(Setting::path).toList());
        assertThat(schema.getAsJsonObject("properties").keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(defaults().keySet().stream().map(String::valueOf), Stream.of("global"))
                                .toList());
    }

    @Test
    void podsDoNotRestartForSettingsThatTakeEffectImmediately() throws IOException {
        String helpers = Files.readString(CHART.resolve("templates").resolve("_helpers.tpl"));

        assertThat(Pattern.compile("range list((?: \"\\w+\")+)")
                        .matcher(helpers)
                        .results()
                        .flatMap(list -> Stream.of(
                                list.group(1).strip().replace("\"", "").split(" "))))
                .containsExactlyInAnyOrderElementsOf(settings()
                        .filter(setting -> setting.effect() == Setting.Effect.AT_ONCE)
                        .map(Setting::path)
                        .toList());
    }

    private static Stream<Setting> settings() {
        return Stream.of(Setting.values()).filter(setting -> !NOT_IN_VALUES.contains(setting));
    }

    private static JsonObject property(JsonObject schema, List<String> path) {
        JsonObject found = schema;
        for (String name : path) {
            found = Optional.ofNullable(found.getAsJsonObject("properties"))
                    .map(properties -> properties.getAsJsonObject(name))
                    .orElseThrow(() -> new AssertionError(path + " is not in the schema"));
        }
        return found;
    }

    private static void describe(JsonObject property, String meaning) {
        property.addProperty("description", meaning);
    }

    private static Gson json(GsonBuilder builder) {
        return builder.disableHtmlEscaping().create();
    }

    private static Map<?, ?> defaults() throws IOException {
        return mapping(new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(CHART.resolve("values.yaml"))));
    }

    private static Map<?, ?> mapping(Object value) {
        return (Map<?, ?>) value;
    }

    /** The values, each with the comment above it, which begins with two hyphens. */
    private static List<Value> values() throws IOException {
        Map<List<String>, String> comments = comments();
        List<Value> values = new ArrayList<>();
        collect(List.of(), defaults(), comments, values);
        assertThat(values).extracting(Value::path).containsExactlyElementsOf(comments.keySet());
        return values;
    }

    private static void collect(
            List<String> path, Object value, Map<List<String>, String> comments, List<Value> values) {
        Optional<String> comment = Optional.ofNullable(comments.get(path));
        comment.ifPresentOrElse(meaning -> values.add(new Value(path, value, meaning)), () -> {
            assertThat(value).describedAs("%s, which has no comment", path).isInstanceOf(Map.class);
            mapping(value)
                    .forEach((key, child) -> collect(
                            Stream.concat(path.stream(), Stream.of(String.valueOf(key)))
                                    .toList(),
                            Objects.requireNonNull(child),
                            comments,
                            values));
        });
    }

    private static Map<List<String>, String> comments() throws IOException {
        Pattern key = Pattern.compile("( *)(\\w+):.*");
        Map<List<String>, String> comments = new LinkedHashMap<>();
        List<String> path = new ArrayList<>();
        List<String> comment = new ArrayList<>();
        for (String line : Files.readAllLines(CHART.resolve("values.yaml"))) {
            String text = line.strip();
            var found = key.matcher(line);
            if (text.startsWith("# -- ")) {
                comment.add(text.substring("# -- ".length()));
            } else if (text.startsWith("# ") && !comment.isEmpty()) {
                comment.add(text.substring("# ".length()));
            } else if (found.matches()) {
                path.subList(Math.min(found.group(1).length() / 2, path.size()), path.size())
                        .clear();
                path.add(found.group(2));
                if (!comment.isEmpty()) {
                    comments.put(List.copyOf(path), comment.stream().collect(Collectors.joining(" ")));
                    comment.clear();
                }
            }
        }
        return comments;
    }
}
