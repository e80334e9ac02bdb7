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
import java.util.stream.Collectors;
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
                        List.of("preset", "setting", "default", "for", "counts by default"),
                        Stream.of(Preset.values())
                                .map(preset -> List.of(
                                        "`" + preset.text() + "`",
                                        preset.setting()
                                                .map(setting ->
                                                        "`" + setting.key().text() + "`")
                                                .orElse("–"),
                                        preset.setting()
                                                .map(Preset.PresetOption::defaultText)
                                                .orElse("–"),
                                        preset.description(),
                                        preset.query().description().replaceAll("'([^']*)'", "`$1`")))));
    }

    @Test
    void theSettingsAreThoseOfTheLoader() throws IOException {
        check(
                "configuration.md",
                "settings",
                table(
                        List.of("variable", "in the file", "takes", "default", "a change takes effect", "meaning"),
                        Stream.of(Setting.values())
                                .map(setting -> List.of(
                                        "`" + setting.name() + "`",
                                        "`" + setting.path() + "`",
                                        setting.accepted(),
                                        setting.byDefault()
                                                .map(value -> "`" + value + "`")
                                                .orElse("–"),
                                        setting.effect().toString(),
                                        setting.meaning()))));
    }

    @Test
    void theSettingsOfASimulationAreThoseOfItsReader() throws IOException {
        check(
                "simulate.md",
                "settings",
                table(
                        List.of("key", "takes", "default", "meaning"),
                        Stream.of(ScenarioKey.values())
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
                        List.of("metric", "type", "labels", "meaning"),
                        scrape.families().values().stream()
                                .filter(family -> family.name().startsWith(Telemetry.PREFIX))
                                .map(family -> List.of(
                                        "`" + family.name() + "`",
                                        family.type(),
                                        scrape.labelsOf(family).stream()
                                                .map(label -> "`" + label + "`")
                                                .collect(Collectors.joining(" ")),
                                        family.help()))));
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
                accepted,
                byDefault.map(value -> "`" + value + "`").orElse("–"),
                meaning);
    }

    private static String section(CommandLine command) {
        Help help = new Help(command.getCommandSpec(), Help.defaultColorScheme(Help.Ansi.OFF));
        return """
            ## %s

            %s
            ```text
            %s
            %s```\
            """.formatted(command.getCommandName(), help.description(), help.synopsis(0), help.optionList());
    }

    private static void check(String name, String mark, String expected) throws IOException {
        GeneratedText.checkBetween(mark, DOCS.resolve(name), expected);
    }
}
