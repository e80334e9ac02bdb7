package io.github.redissessionscaler.docs;

import static io.github.redissessionscaler.docs.GeneratedText.table;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.cli.Main;
import io.github.redissessionscaler.config.RedisVariable;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.simulation.ScenarioKey;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.Scrape;
import io.github.redissessionscaler.trigger.MetadataKey;
import io.github.redissessionscaler.trigger.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/**
 * The tables of the reference, which are made of the code: between two marks in a file stands what the code says.
 * {@code -Dreference=write} writes them anew.
 */
final class ReferenceTest {

    private static final Path DOCS = Path.of("..", "docs");

    private static final Set<String> OF_TRIGGERS =
            Set.of("connection", "metric", "scaledobject", "scaledobject_namespace", "trigger");

    /** The suffix of the gauge that every summary and histogram has. */
    private static final String MAX = "_max";

    @Test
    void theMetadataKeysAreThoseOfTheParser() throws IOException {
        check(
                "metadata.md",
                "keys",
                table(
                        List.of("key", "takes", "default", "meaning"),
                        Stream.of(MetadataKey.values())
                                .map(key -> row(key.text(), key.accepted(), key.byDefault(), key.meaning()))));
    }

    @Test
    void thePresetsAreThoseOfTheParser() throws IOException {
        check(
                "metadata.md",
                "presets",
                table(
                        List.of("preset", "setting and its default", "keys that count by default"),
                        Stream.of(Preset.values())
                                .map(preset -> List.of(
                                        "`" + preset.text() + "`",
                                        preset.setting()
                                                .map(setting ->
                                                        "`" + setting.key().text() + "`: " + setting.defaultText())
                                                .orElse("–"),
                                        preset.query()
                                                .description()
                                                .replaceFirst("^keys that match ", "")
                                                .replaceAll("'([^']*)'", "`$1`")))));
    }

    @Test
    void theSettingsAreThoseOfTheLoader() throws IOException {
        check(
                "configuration.md",
                "settings",
                table(
                        List.of("variable", "takes", "default", "meaning"),
                        Stream.of(Setting.values())
                                .map(setting -> List.of(
                                        "`" + setting.name() + "`"
                                                + (setting.effect() == Setting.Effect.AT_ONCE ? " *" : ""),
                                        brief(setting.accepted()),
                                        setting.byDefault()
                                                .map(value -> "`" + value + "`")
                                                .orElse("–"),
                                        setting.meaning()))));
    }

    @Test
    void theSettingsOfASimulationAreThoseOfItsReader() throws IOException {
        check(
                "simulate.md",
                "fields",
                Stream.of(ScenarioKey.values())
                        .filter(key -> key.compareTo(ScenarioKey.TYPE) < 0)
                        .map(key -> "`" + key.text()
                                + key.byDefault().map(value -> ": " + value).orElse("") + "`")
                        .collect(joining(",\n")));
        check(
                "simulate.md",
                "settings",
                table(
                        List.of("key", "takes", "default", "meaning"),
                        Stream.of(ScenarioKey.values())
                                .filter(key -> key.compareTo(ScenarioKey.TYPE) >= 0)
                                .map(key -> row(key.text(), key.accepted(), key.byDefault(), key.meaning()))));
    }

    @Test
    void theVariablesAreThoseOfTheLoader() throws IOException {
        check(
                "configuration.md",
                "variables",
                table(
                        List.of("variable", "meaning"),
                        Stream.of(RedisVariable.values())
                                .map(variable -> List.of("`" + variable.name() + "`", variable.meaning()))));
    }

    @Test
    void theAclRulesAreThoseThatWereTried() throws IOException {
        check(
                "counting.md",
                "acl",
                table(
                        List.of("way", "ACL rules"),
                        Stream.of(MinimalAcl.values())
                                .map(way -> List.of(way.way(), "`" + String.join(" ", way.rules()) + "`"))));
    }

    @Test
    void theMetricsAreThoseOfAScrape() throws IOException {
        Scrape scrape = EverythingMeasured.scrape();
        check(
                "metrics.md",
                "metrics",
                table(
                        List.of("metric", "type, labels", "meaning"),
                        scrape.families().values().stream()
                                .filter(family -> family.name().startsWith(Telemetry.PREFIX))
                                .filter(family -> !isMaximumOfAnother(family, scrape))
                                .map(family -> List.of(
                                        "`" + family.name() + "`",
                                        (family.type() + " " + labels(scrape.labelsOf(family))).strip(),
                                        family.help()))));
    }

    private static boolean isMaximumOfAnother(Scrape.Family family, Scrape scrape) {
        return family.name().endsWith(MAX)
                && scrape.families()
                        .containsKey(family.name().substring(0, family.name().length() - MAX.length()));
    }

    private static String labels(Set<String> labels) {
        boolean ofTrigger = labels.containsAll(OF_TRIGGERS);
        return Stream.concat(
                        ofTrigger ? Stream.of("of a trigger") : Stream.empty(),
                        labels.stream()
                                .filter(label -> !ofTrigger || !OF_TRIGGERS.contains(label))
                                .map(label -> "`" + label + "`"))
                .collect(joining(" "));
    }

    @Test
    void theCommandsAreThoseOfTheCommandLine() throws IOException {
        check(
                "cli.md",
                "commands",
                Main.commandLine().getSubcommands().values().stream()
                        .map(ReferenceTest::section)
                        .collect(joining("\n\n")));
    }

    @Test
    void everyReasonOfAnOutageIsExplained() throws IOException {
        assertThat(Files.readString(DOCS.resolve("outages.md")))
                .contains(Stream.of(KeyspaceException.Reason.values())
                        .map(reason -> "| " + reason + " |")
                        .toList());
    }

    private static List<String> row(String key, String accepted, Optional<String> byDefault, String meaning) {
        return List.of(
                "`" + key + "`",
                brief(accepted),
                byDefault.map(value -> "`" + value + "`").orElse("–"),
                meaning);
    }

    /** The page explains durations and numbers once. */
    private static String brief(String accepted) {
        return accepted.replace(" such as 500ms, 90s, 30m or 1h30m,", "").replace(", such as 100 or 2.5", "");
    }

    /** A command without its options, which it explains by itself. */
    private static String section(CommandLine command) {
        Help help = new Help(command.getCommandSpec(), Help.defaultColorScheme(Help.Ansi.OFF));
        return """
            ## %s

            %s
            ```text
            %s```\
            """.formatted(command.getCommandName(), help.description(), help.synopsis(0));
    }

    private static void check(String name, String mark, String expected) throws IOException {
        GeneratedText.checkBetween(mark, DOCS.resolve(name), expected);
    }
}
