package io.github.redissessionscaler.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.simulation.ScenarioKey;
import io.github.redissessionscaler.simulation.ScenarioSettings;
import io.github.redissessionscaler.trigger.MetadataKey;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Trigger metadata, configuration, settings of a simulation and parameters of a request take the same forms of values. */
final class ValueFormsTest {

    private static final String BELL = "\u0007";

    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private static Path directory;

    /** A form with a value that is accepted, and places that read a value of it. */
    enum Form {
        BOOLEAN(
                "true",
                List.of(
                        metadata("wholeReplicas"),
                        environment("STATUS_PAGE"),
                        file("statusPage: V"),
                        file("connections: {other: {address: redis, tls: {verifyHostname: V}}}"),
                        scenario("useCachedMetrics"),
                        request(ValueParser.BOOLEAN))),
        WHOLE(
                "20",
                List.of(
                        metadata("databaseIndex"),
                        environment("TRIGGER_LIMIT"),
                        environment("GRPC_PORT"),
                        file("patternLimit: V"),
                        file("connections: {other: {address: redis, database: V}}"),
                        scenario("maxReplicaCount"),
                        scenario("pollingInterval"),
                        status("limit"),
                        status("offset"))),
        DECIMAL(
                "20",
                List.of(
                        metadata("sessionSize"),
                        metadata("activationSessionSize"),
                        metadata("headroom"),
                        environment("SESSION_SIZE"),
                        file("sessionSize: V"),
                        scenario("tolerance"),
                        scenario("sessionSize"),
                        request(ValueParser.decimal(0, 1000)))),
        PERCENTAGE(
                "20%",
                List.of(
                        metadata("headroom"),
                        environment("COUNT_SHARE"),
                        file("countShare: V"),
                        scenario("headroom"),
                        request(ValueParser.percentage(0, 100)))),

        /** A percentage where no other number is accepted. */
        SHARE(
                "20%",
                List.of(environment("COUNT_SHARE"), file("countShare: V"), request(ValueParser.percentage(0, 100)))),
        DURATION(
                "20s",
                List.of(
                        metadata("holdFor", "onUnavailable", "hold"),
                        metadata("minTtl", "keyPattern", "a*"),
                        environment("HEARTBEAT"),
                        file("keepalive: V"),
                        scenario("startup"),
                        scenario("outageGrace"),
                        status("window"),
                        request(ValueParser.duration(Duration.ZERO, DAY))));

        private final String example;

        @SuppressWarnings("ImmutableEnumChecker") // an immutable list
        private final List<Consumer<String>> readers;

        Form(String example, List<Consumer<String>> readers) {
            this.example = example;
            this.readers = readers;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BOOLEAN,    true",
        "BOOLEAN,    False",
        "BOOLEAN,    TRUE",
        "BOOLEAN,    ' true '",
        "WHOLE,      20",
        "WHOLE,      020",
        "WHOLE,      ' 20\t'",
        "DECIMAL,    2.5",
        "DECIMAL,    +2.5",
        "DECIMAL,    .5",
        "DECIMAL,    2.",
        "DECIMAL,    1e1",
        "DECIMAL,    2.5E+1",
        "PERCENTAGE, 20%",
        "PERCENTAGE, 2.5%",
        "PERCENTAGE, 1e1%",
        "PERCENTAGE, ' 20% '",
        "DURATION,   20s",
        "DURATION,   0h1m2s500ms",
        "DURATION,   ' 20s '",
    })
    void allAccept(Form form, String text) {
        assertThat(form.readers).allSatisfy(reader -> reader.accept(text));
    }

    @ParameterizedTest
    @CsvSource({
        "BOOLEAN,    yes",
        "BOOLEAN,    on",
        "BOOLEAN,    1",
        "BOOLEAN,    t rue",
        "WHOLE,      -1",
        "WHOLE,      +20",
        "WHOLE,      2.0",
        "WHOLE,      2e1",
        "WHOLE,      0x14",
        "WHOLE,      20_0",
        "WHOLE,      '2,0'",
        "WHOLE,      99999999999999999999",
        "WHOLE,      ٢٠",
        "DECIMAL,    -1",
        "DECIMAL,    '2,5'",
        "DECIMAL,    NaN",
        "DECIMAL,    Infinity",
        "DECIMAL,    1e999",
        "DECIMAL,    0x10",
        "DECIMAL,    2.5d",
        "DECIMAL,    .",
        "PERCENTAGE, 5 %",
        "PERCENTAGE, 5%%",
        "PERCENTAGE, %",
        "PERCENTAGE, -5%",
        "DURATION,   20",
        "DURATION,   -20s",
        "DURATION,   1.5s",
        "DURATION,   20S",
        "DURATION,   1s1m",
        "DURATION,   1m 20s",
        "DURATION,   PT20S",
    })
    void allRefuse(Form form, String text) {
        assertThat(form.readers)
                .allSatisfy(reader -> assertThat(refusal(reader, text)).contains(" is not "));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void allRefuseWhatIsBlankOrHoldsAControlCharacter(Form form) {
        String broken = form.example.charAt(0) + BELL + form.example.substring(1);

        assertThat(form.readers).allSatisfy(reader -> {
            assertThat(refusal(reader, " ")).contains(": is empty; give ", ", or remove it");
            assertThat(refusal(reader, broken)).contains(" holds a line break or another control character; remove it");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "BOOLEAN,    flase, 'did you mean ''false''?'",
        "SHARE,      5,     write 5%",
        "DURATION,   20,    add a unit: 20s for seconds or 20m for minutes",
    })
    void allSuggest(Form form, String text, String suggestion) {
        assertThat(form.readers)
                .allSatisfy(reader -> assertThat(refusal(reader, text))
                        .contains("'" + text + "' is not ")
                        .contains("; ")
                        .contains(suggestion));
    }

    @ParameterizedTest
    @CsvSource({
        "onUnavailable, minimum",
        "preset,        express",
        "LOG_FORMAT,    text",
        "LOG_LEVEL,     debug",
        "scaleUp.selectPolicy, Disabled",
        "fallback.behavior, currentReplicas",
        "sort,          replicas"
    })
    void wordsAreTheSameInUpperAndLowerCaseAndSuggested(String key, String word) {
        Consumer<String> reader = switch (key) {
            case "onUnavailable", "preset" -> metadata(key);
            case "LOG_FORMAT", "LOG_LEVEL" -> environment(key);
            case "sort" -> status(key);
            default -> scenario(key);
        };

        assertThat(Stream.of(word, word.toUpperCase(Locale.ROOT), " " + word + " "))
                .allSatisfy(reader::accept);
        assertThat(refusal(reader, word + "x")).contains("'" + word + "x' is not ", "did you mean '" + word + "'?");
    }

    @ParameterizedTest
    @EnumSource(MetadataKey.class)
    void aKeyOfMetadataSaysWhatItTakes(MetadataKey key) {
        assertThat(refusal(
                        metadata(key.text(), "preset", key == MetadataKey.PREFIX ? "express" : "spring-session"), ""))
                .contains(key + ": is empty; give " + key.accepted() + ", or");
    }

    @ParameterizedTest
    @EnumSource(ScenarioKey.class)
    void aSettingOfASimulationSaysWhatItTakes(ScenarioKey key) {
        assertThat(refusal(scenario(key.text()), "")).contains(key + ": is empty; give " + key.accepted() + ", or");
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void aSettingSaysWhatItTakes(Setting setting) {
        assertThat(refusal(environment(setting.name()), " "))
                .contains(setting.name() + ": is empty; give " + setting.accepted() + ", or");
        assertThat(refusal(file(setting.path() + ": V"), ""))
                .contains(setting.path() + ": is empty; give " + setting.accepted() + ", or");
    }

    private static Consumer<String> metadata(String key, String... more) {
        return text -> {
            Map<String, String> metadata = new HashMap<>();
            for (int i = 0; i < more.length; i += 2) {
                metadata.put(more[i], more[i + 1]);
            }
            metadata.put(key, text);
            assertThat(TriggerParser.parse(metadata)).isNotNull();
        };
    }

    private static Consumer<String> environment(String name) {
        return text -> assertThat(ConfigLoader.load(Map.of("REDIS_ADDRESS", "redis", name, text)))
                .isNotNull();
    }

    /** A file with the text in double quotes in place of V. */
    private static Consumer<String> file(String content) {
        return text -> {
            String quoted = '"' + text.replace("\t", "\\t").replace(BELL, "\\a") + '"';
            assertThat(ConfigLoader.load(
                            Map.of("REDIS_ADDRESS", "redis", "CONFIG_FILE", written(content.replace("V", quoted)))))
                    .isNotNull();
        };
    }

    private static String written(String content) {
        try {
            return Files.writeString(directory.resolve("config.yaml"), content).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Consumer<String> scenario(String key) {
        return text ->
                assertThat(ScenarioSettings.of(Map.of(key, text)).read("")).isNotNull();
    }

    private static Consumer<String> status(String name) {
        return text -> assertThat(StatusQuery.of(parameters(name, text))).isNotNull();
    }

    private static <T> Consumer<String> request(ValueParser<T> values) {
        return text -> {
            RequestParameters parameters = parameters("value", text);
            T none = values.parse("true")
                    .or(() -> values.parse("1"))
                    .or(() -> values.parse("1%"))
                    .or(() -> values.parse("1s"))
                    .orElseThrow();
            parameters.take("value", none, values);
            parameters.end();
        };
    }

    private static RequestParameters parameters(String name, String text) {
        return new RequestParameters(name + "=" + URLEncoder.encode(text, UTF_8));
    }

    private static String refusal(Consumer<String> reader, String text) {
        InvalidInputException refused = catchThrowableOfType(InvalidInputException.class, () -> reader.accept(text));
        assertThat(refused).as("refusal of '%s'", text).isNotNull();
        return String.valueOf(refused.getMessage());
    }
}
