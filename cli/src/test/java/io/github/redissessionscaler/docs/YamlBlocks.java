package io.github.redissessionscaler.docs;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.RedisVariable;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.input.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The YAML of a page, read by whoever it is for: ScaledObjects and lists of triggers by the parser of triggers, configuration
 * of the scaler by its loader, and on the chart's own pages values of the chart. A comment in the first line names a file:
 * {@code # values.yaml} those values elsewhere, {@code # kustomization.yaml} what Kustomize reads, and a path the file of this
 * repository that has this content.
 */
final class YamlBlocks {

    private static final Path CHART = Repository.ROOT.resolve("packaging/charts/redis-session-scaler");

    private YamlBlocks() {}

    static Stream<String> problems(Page page) {
        return page.blocks().stream()
                .filter(block -> block.language().equals("yaml"))
                .flatMap(block -> problem(page, block.text()).stream());
    }

    private static Optional<String> problem(Page page, String yaml) {
        String first = yaml.lines().findFirst().orElse("").replaceFirst("^# ", "");
        try {
            List<Object> documents = ScaledObjects.documents(yaml);
            if (first.equals("kustomization.yaml")) {
                return Optional.empty();
            }
            if (first.matches("[\\w.-]+(/[\\w.-]+)+") && !isContentOf(first, yaml)) {
                return Optional.of("what is said to be " + first + " differs from that file");
            }
            boolean ofChart = first.equals("values.yaml") || page.file().startsWith(CHART);
            return documents.stream()
                    .flatMap(document -> problem(yaml, document, ofChart).stream())
                    .findFirst();
        } catch (InvalidInputException
                | IllegalArgumentException
                | NullPointerException
                | ClassCastException
                | YamlEngineException e) {
            return Optional.of("'" + first + " …' is wrong: " + e.getMessage());
        }
    }

    private static Optional<String> problem(String yaml, Object document, boolean ofChart) {
        Map<?, ?> object =
                document instanceof List<?> triggers ? Map.of("triggers", triggers) : ScaledObjects.mapping(document);
        if (object.containsKey("kind")) {
            ScaledObjects.triggers(yaml);
            return Optional.empty();
        }
        if (object.containsKey("triggers")) {
            ScaledObjects.triggersOf(object);
            return Optional.empty();
        }
        if (ofChart) {
            return notOfChart(object);
        }
        if (object.keySet().stream().allMatch(YamlBlocks::isConfiguration)) {
            load(yaml, object.containsKey("connections"));
            return Optional.empty();
        }
        return Optional.of("YAML with the keys " + object.keySet() + " is for nobody that we know");
    }

    private static boolean isConfiguration(Object key) {
        return key.equals("connections")
                || Stream.of(Setting.values())
                        .anyMatch(setting -> setting.path().equals(key));
    }

    private static void load(String yaml, boolean namesRedis) {
        try {
            Path file = Files.createTempFile("config", ".yaml");
            try {
                Files.writeString(file, yaml);
                Map<String, String> environment = new HashMap<>(Map.of(ConfigLoader.CONFIG_FILE, file.toString()));
                if (!namesRedis) {
                    environment.put(RedisVariable.REDIS_ADDRESS.name(), "redis:6379");
                }
                ConfigLoader.load(environment);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> notOfChart(Map<?, ?> values) {
        Map<?, ?> known = ScaledObjects.mapping(
                ScaledObjects.documents(read(CHART.resolve("values.yaml"))).getFirst());
        return values.keySet().stream()
                .filter(key -> !known.containsKey(key))
                .findFirst()
                .map(key -> "the chart has no value " + key);
    }

    private static boolean isContentOf(String name, String yaml) {
        String content = yaml.substring(yaml.indexOf('\n') + 1);
        return read(Repository.ROOT.resolve(name)).strip().equals(content.strip());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
