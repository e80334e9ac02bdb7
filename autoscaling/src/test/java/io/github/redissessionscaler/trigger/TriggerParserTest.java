package io.github.redissessionscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Problem;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TriggerParserTest {

    private static final Database DEFAULT_DATABASE = new Database("default", OptionalInt.empty());

    @Test
    void withoutMetadataEverythingIsAsInTheOriginalGoSample() {
        assertThat(parse())
                .isEqualTo(new Trigger(
                        new Source(DEFAULT_DATABASE, new CountQuery.AllKeys()),
                        Optional.empty(),
                        new Target(Optional.empty(), Optional.empty()),
                        "session_size",
                        new Activation.Reachable(),
                        new UnavailablePolicy.Minimum(),
                        false,
                        new Headroom.Sessions(0),
                        Duration.ZERO));
    }

    @Test
    void everyKeyOfTheTriggerItselfIsTaken() {
        Trigger trigger = parse(
                "sessionSize", "2.5",
                "sessionSizeKey", "target",
                "metricName", "sessions",
                "connection", "shop",
                "databaseIndex", "3",
                "activationSessionSize", "0",
                "onUnavailable", "hold",
                "holdFor", "1h30m",
                "wholeReplicas", "true",
                "headroom", "20%",
                "lookAhead", "2m30s");

        assertThat(trigger)
                .isEqualTo(new Trigger(
                        new Source(new Database("shop", OptionalInt.of(3)), new CountQuery.AllKeys()),
                        Optional.empty(),
                        new Target(Optional.of(2.5), Optional.of("target")),
                        "sessions",
                        new Activation.MoreThan(0),
                        new UnavailablePolicy.Hold(Duration.ofMinutes(90)),
                        true,
                        new Headroom.ByPercent(20),
                        Duration.ofSeconds(150)));
    }

    @ParameterizedTest
    @CsvSource({"0s, PT0S", "0m, PT0S", "1ms, PT0.001S", "90s, PT1M30S", "2m30s, PT2M30S", "300s, PT5M", "5m, PT5M"})
    void looksAheadForUpToFiveMinutes(String text, Duration lookAhead) {
        assertThat(parse("lookAhead", text).lookAhead()).isEqualTo(lookAhead);
    }

    @ParameterizedTest
    @ValueSource(strings = {"24h", "5m1ms", "-2m", "2", "2 min", "2M", "NaN", "0x10s", "1e1s", "2m 30", "\u0662m"})
    void refusesALookAheadInAnotherForm(String text) {
        assertThat(catchThrowableOfType(InvalidInputException.class, () -> parse("lookAhead", text)))
                .hasMessageContaining("lookAhead: ")
                .hasMessageContaining("is not a duration such as 500ms, 90s, 30m or 1h30m, from 0s to 5m");
    }

    @Test
    void otherFormsOfTheSameKeys() {
        assertThat(parse("headroom", "15").headroom()).isEqualTo(new Headroom.Sessions(15));
        assertThat(parse("activeKey", "active").activation()).isEqualTo(new Activation.Flag("active"));
        assertThat(parse("onUnavailable", "error").onUnavailable()).isEqualTo(new UnavailablePolicy.Fail());
        assertThat(parse("onUnavailable", "hold").onUnavailable())
                .isEqualTo(new UnavailablePolicy.Hold(Duration.ofMinutes(5)));
        assertThat(parse("sessionSize", " 100 ").target().sessionSize()).contains(100.0);
    }

    @Test
    void everyWayOfCountingIsTaken() {
        assertThat(query("keyPattern", "s:*")).isEqualTo(MatchingKeys.of("s:*"));
        assertThat(query(
                        "keyPattern", "s:*",
                        "keyType", "zset",
                        "excludePattern", "*_LOCK",
                        "minTtl", "1m",
                        "accuracy", "exact"))
                .isEqualTo(MatchingKeys.of("s:*")
                        .withExclude("*_LOCK")
                        .withType(KeyType.ZSET)
                        .withMinTtl(Duration.ofMinutes(1))
                        .withAccuracy(Accuracy.EXACT));
        assertThat(query("key", "sessions")).isEqualTo(new CountQuery.Elements("sessions"));
        assertThat(query("key", "sessions", "activeWithin", "30m"))
                .isEqualTo(new CountQuery.RecentMembers("sessions", Duration.ofMinutes(30)));
    }

    @Test
    void patternsStandOnALineEach() {
        assertThat(query("keyPattern", "web:sess:*\n\napi:sess:*\nweb:sess:*\n", "excludePattern", "*:lock\n*:tmp"))
                .isEqualTo(MatchingKeys.of("web:sess:*", "api:sess:*")
                        .withExclude("*:lock")
                        .withExclude("*:tmp"));
        assertThat(problems("keyPattern", "web:*\n[\nb\\\n"))
                .extracting(Problem::key)
                .containsExactly("keyPattern", "keyPattern");
        assertThat(problems("keyPattern", "\n  \n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("is empty"));
        assertThat(problems("keyPattern", "a:*\nb:*", "excludePattern", "b:*\na:*\nc"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("excludes every key"));
    }

    @Test
    void everyRuleForKeysIsTaken() {
        assertThat(query("keyPattern", "s:*", "hasField", "user", "minSize", "20", "keyType", "hash"))
                .isEqualTo(MatchingKeys.of("s:*")
                        .withType(KeyType.HASH)
                        .with(new KeyRule.HasField("user"))
                        .with(new KeyRule.MinSize(20)));
        assertThat(query("keyPattern", "u:*", "elements", "true"))
                .isEqualTo(MatchingKeys.of("u:*").with(new KeyRule.SumOfElements()));
        assertThat(query("keyPattern", "u:*", "elements", "false")).isEqualTo(MatchingKeys.of("u:*"));
        assertThat(query("preset", "express", "activeWithin", "10m"))
                .isEqualTo(MatchingKeys.of("sess:*")
                        .with(new KeyRule.UsedWithin(Duration.ofMinutes(10), Optional.empty())));
        assertThat(query("keyPattern", "s:*", "activeWithin", "10m", "sessionTtl", "7d", "hasField", "user"))
                .isEqualTo(MatchingKeys.of("s:*")
                        .with(new KeyRule.HasField("user"))
                        .with(new KeyRule.UsedWithin(Duration.ofMinutes(10), Optional.of(Duration.ofDays(7)))));
        assertThat(query("keyPattern", "s:*", "keyType", "ReJSON-RL"))
                .isEqualTo(MatchingKeys.of("s:*").with(new KeyRule.OfType("ReJSON-RL")));
        assertThat(query("keyPattern", "s:*", "keyType", "Hash"))
                .isEqualTo(MatchingKeys.of("s:*").withType(KeyType.HASH));
    }

    @Test
    void theExcludesOfAPresetStay() {
        assertThat(query("preset", "php", "excludePattern", "*:tmp"))
                .isEqualTo(MatchingKeys.of("PHPREDIS_*SESSION:*")
                        .withExclude("*_LOCK")
                        .withExclude("*:tmp"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "elements: true | elements requires keyPattern",
                "hasField: user, key: s | hasField requires keyPattern",
                "minSize: 5, preset: dedicated-database | minSize requires keyPattern",
                "activeWithin: 5m | activeWithin requires key",
                "activeWithin: 5m, preset: dedicated-database | activeWithin requires key",
                "sessionTtl: 5m, keyPattern: s:* | sessionTtl requires activeWithin",
                "activeWithin: 30m, sessionTtl: 30m, keyPattern: s:* | activeWithin 30m is not less than sessionTtl",
                "activeWithin: 5m, hasField: user, keyPattern: s:* | hasField contradicts activeWithin",
                "activeWithin: 5m, minSize: 5, keyPattern: s:* | minSize contradicts activeWithin",
                "activeWithin: 5m, elements: true, keyPattern: s:* | elements contradicts activeWithin",
                "hasField: user, keyType: string, keyPattern: s:* | hasField selects hashes only",
                "minSize: 5, keyType: ReJSON-RL, keyPattern: s:* | minSize does not apply to type ReJSON-RL",
                "elements: true, keyType: string, keyPattern: s:* | elements does not apply to type string",
                "keyType: string, preset: spring-session | keyType is set by the preset",
                "minSize: 0, keyPattern: s:* | minSize '0' is not a number of bytes or elements",
                "keyType: sortedset, keyPattern: s:* | keyType 'sortedset' is not"
            })
    void saysWhyARuleDoesNotApply(String given, String problem) {
        Map<String, String> metadata = new HashMap<>();
        for (String entry : given.split(", ", -1)) {
            String[] parts = entry.split(": ", 2);
            metadata.put(parts[0], parts[1]);
        }

        assertThat(problems(metadata))
                .singleElement()
                .extracting(found -> found.key() + " " + found.message())
                .asString()
                .startsWith(problem);
    }

    @Test
    void sourcesAreAddedUp() {
        Trigger trigger = parse("connection", "shop", "sources", """
            - keyPattern: |
                web:sess:*
                api:sess:*
            - databaseIndex: 2
              preset: express
              activeWithin: 10m
            - connection: other
              key: u:1
            - {}
            """);

        assertThat(trigger.source().database()).isEqualTo(new Database("shop", OptionalInt.empty()));
        assertThat(trigger.source().parts())
                .containsExactly(
                        new Source(
                                new Database("shop", OptionalInt.empty()), MatchingKeys.of("web:sess:*", "api:sess:*")),
                        new Source(
                                new Database("shop", OptionalInt.of(2)),
                                MatchingKeys.of("sess:*")
                                        .with(new KeyRule.UsedWithin(Duration.ofMinutes(10), Optional.empty()))),
                        new Source(new Database("other", OptionalInt.empty()), new CountQuery.Elements("u:1")),
                        new Source(new Database("shop", OptionalInt.empty()), new CountQuery.AllKeys()));
        assertThat(trigger.source().databases()).hasSize(3);
        assertThat(parse("sources", "- {connection: a, key: x}\n- {connection: b, key: x}")
                        .source()
                        .database())
                .isEqualTo(new Database("a", OptionalInt.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "keyPattern: s:* | sources must be a YAML list",
                "'' | sources is empty; give ",
                "'# nothing' | sources must be a YAML list",
                "--- | sources must be a YAML list",
                "- !new {key: s} | sources is not YAML",
                "'- key:' | sources[0] must consist of keys with one value each",
                "'- a: [' | sources is not YAML at line 1, column 7",
                "'- {key: s, key: t}' | sources has the key key twice at line 1, column 12; keep one of them; give a",
                "- a | sources[0] must consist of keys",
                "'- keyPattern: [a, b]' | sources[0] must consist of keys",
                "- {keyPatern: s:*} | sources[0].keyPatern is not a known key; did you mean 'keyPattern'?",
                "- {sessionSize: 5} | sources[0].sessionSize does not belong to a source",
                "'- {sources: s}' | sources[0].sources does not belong to a source",
                "- {keyPatternFromEnv: s} | sources[0].keyPatternFromEnv has no effect in a source",
                "- {key: s, keyPattern: s} | sources[0].keyPattern contradicts key",
                "- {elements: true} | sources[0].elements requires keyPattern",
                "- {databaseIndex: x} | sources[0].databaseIndex 'x' is not a whole number",
                "[{key: s}, {key: t}, {key: s}] | sources[2] counts the same as sources[0]",
                "[{key: t}, {key: s}, {connection: default, key: s}] | sources[2] counts the same as sources[1]"
            })
    void saysWhatIsWrongWithASource(String sources, String problem) {
        assertThat(problems("sources", sources))
                .singleElement()
                .extracting(found -> found.key() + " " + found.message())
                .asString()
                .startsWith(problem);
    }

    @Test
    void sourcesThatAreNestedDeeplyAreRefused() {
        assertThat(problems("sources", "[".repeat(4000)))
                .singleElement()
                .satisfies(found -> assertThat(found.message()).containsAnyOf("is not YAML", "is nested too deeply"));
    }

    @Test
    void namesTheConnectionsOfAllSources() {
        assertThat(parse("connection", "web", "key", "s").source().connections())
                .isEqualTo("web");
        assertThat(parse("sources", "[{connection: web}, {connection: api}, {connection: web, key: s}]")
                        .source()
                        .connections())
                .isEqualTo("web,api");
    }

    @Test
    void sourcesContradictOtherWaysToCount() {
        assertThat(problems("sources", "- {}", "preset", "express"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("contradicts sources"));
        assertThat(problems("sources", "- {}", "minSize", "5"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.key()).isEqualTo("minSize"));
    }

    @ParameterizedTest
    @EnumSource(MetadataKey.class)
    void everyKeyAlsoComesFromTheEnvironmentOfTheApplication(MetadataKey key) {
        Map<String, String> metadata = new HashMap<>(exampleOf(key));
        Trigger plain = TriggerParser.parse(metadata);
        String value = Optional.ofNullable(metadata.remove(key.text())).orElseThrow();

        metadata.put(key.text() + "FromEnv", value);

        assertThat(TriggerParser.parse(metadata)).isEqualTo(plain);
    }

    @Test
    void aKeyGivenTwiceIsAProblem() {
        assertThat(problems("sessionSize", "100", "sessionSizeFromEnv", "100")).isNotEmpty();
    }

    @Test
    void ignoresTheKeysOfKeda() {
        assertThat(parse("scalerAddress", "scaler:6000", "enableTLS", "true", "unsafeSsl", "false"))
                .isEqualTo(parse());
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "0", "-5", "NaN", "Infinity", "1e999", "0x10", "1,5", "100d"})
    void aSessionSizeThatIsNoTargetIsRefused(String value) {
        assertThat(problems("sessionSize", value))
                .singleElement()
                .satisfies(problem -> assertThat(problem.key()).isEqualTo("sessionSize"))
                .satisfies(problem -> assertThat(problem.message()).contains("'" + value + "'"));
    }

    @Test
    void anEmptyValueIsRefused() {
        assertThat(problems("sessionSize", ""))
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .startsWith("is empty");
    }

    @ParameterizedTest
    @CsvSource({
        "databaseIndex, -1",
        "databaseIndex, 1.5",
        "metricName, 'a b'",
        "activationSessionSize, -1",
        "onUnavailable, minimun",
        "wholeReplicas, yes",
        "headroom, -5",
        "headroom, 5%%",
        "preset, spring",
        "keyPattern, 'a['",
        "keyPattern, 'a\\'",
    })
    void aValueThatIsNotAcceptedIsRefusedUnderItsKey(String key, String value) {
        assertThat(problems(key, value))
                .singleElement()
                .extracting(Problem::key)
                .isEqualTo(key);
    }

    @Test
    void aDurationWithoutUnitIsRefusedWithARemedy() {
        assertThat(problems("onUnavailable", "hold", "holdFor", "30"))
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .contains("30s");
    }

    @ParameterizedTest
    @CsvSource({
        "sesionSize, sessionSize",
        "SessionSize, sessionSize",
        "keypatern, keyPattern",
        "wholeReplica, wholeReplicas",
        "scalerAdress, scalerAddress"
    })
    void anUnknownKeyIsRefusedWithTheNearestKnownOne(String unknown, String nearest) {
        assertThat(problems(unknown, "100"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.key()).isEqualTo(unknown))
                .satisfies(problem -> assertThat(problem.message()).contains("'" + nearest + "'"));
    }

    @ParameterizedTest
    @CsvSource({
        "preset, express, keyPattern, a*",
        "preset, express, key, a",
        "keyPattern, a*, key, a",
        "activationSessionSize, 1, activeKey, a"
    })
    void keysThatContradictEachOtherAreOneProblemThatNamesBoth(
            String one, String value, String other, String otherValue) {
        assertThat(problems(one, value, other, otherValue))
                .singleElement()
                .extracting(Problem::toString)
                .asString()
                .contains(one, other);
    }

    @ParameterizedTest
    @CsvSource({
        "holdFor, 1m",
        "activeWithin, 1m",
        "keyType, hash",
        "excludePattern, a*",
        "minTtl, 1m",
        "accuracy, exact",
        "namespace, a",
        "prefix, a"
    })
    void aKeyThatNeedsAnotherIsRefusedAlone(String key, String value) {
        assertThat(problems(key, value))
                .singleElement()
                .satisfies(problem -> assertThat(problem.key()).isEqualTo(key))
                .satisfies(problem -> assertThat(problem.message()).contains("requires"));
    }

    @Test
    void everyProblemIsInOneMessage() {
        assertThat(problems("sessionSize", "abc", "holdFor", "1m", "sesionSize", "1", "keyPattern", "a["))
                .extracting(Problem::key)
                .containsExactlyInAnyOrder("sessionSize", "holdFor", "sesionSize", "keyPattern");
    }

    @Test
    void metadataBeyondTheLimitsIsRefused() {
        Map<String, String> many = IntStream.rangeClosed(0, Metadata.MOST_KEYS)
                .boxed()
                .collect(Collectors.toMap(number -> "key" + number, number -> "x"));

        assertThat(problems(many)).hasSize(1);
        assertThat(problems("metricName", "x".repeat(MetadataValues.LONGEST + 1)))
                .hasSize(1);
        assertThat(problems("x".repeat(Metadata.LONGEST_KEY + 1), "x")).hasSize(1);
    }

    @Test
    void whatIsShownIsClippedAndPlain() {
        String message = problems("sessionSize", "\u001b[31m" + "x".repeat(500)).toString();

        assertThat(message).doesNotContain("\u001b").hasSizeLessThan(400);
    }

    private static Map<String, String> exampleOf(MetadataKey key) {
        return switch (key) {
            case SESSION_SIZE -> Map.of("sessionSize", "50");
            case SESSION_SIZE_KEY -> Map.of("sessionSizeKey", "target");
            case METRIC_NAME -> Map.of("metricName", "sessions");
            case CONNECTION -> Map.of("connection", "shop");
            case DATABASE_INDEX -> Map.of("databaseIndex", "3");
            case PRESET -> Map.of("preset", "express");
            case NAMESPACE -> Map.of("preset", "spring-session", "namespace", "shop");
            case PREFIX -> Map.of("preset", "express", "prefix", "shop:");
            case KEY_PATTERN -> Map.of("keyPattern", "s:*");
            case EXCLUDE_PATTERN -> Map.of("keyPattern", "s:*", "excludePattern", "*_LOCK");
            case KEY_TYPE -> Map.of("keyPattern", "s:*", "keyType", "hash");
            case MIN_TTL -> Map.of("keyPattern", "s:*", "minTtl", "1m");
            case HAS_FIELD -> Map.of("keyPattern", "s:*", "hasField", "user");
            case MIN_SIZE -> Map.of("keyPattern", "s:*", "minSize", "20");
            case ELEMENTS -> Map.of("keyPattern", "s:*", "elements", "true");
            case ACCURACY -> Map.of("keyPattern", "s:*", "accuracy", "estimate");
            case KEY -> Map.of("key", "sessions");
            case ACTIVE_WITHIN -> Map.of("key", "sessions", "activeWithin", "30m");
            case SESSION_TTL -> Map.of("keyPattern", "s:*", "activeWithin", "5m", "sessionTtl", "30m");
            case SOURCES -> Map.of("sources", "- keyPattern: s:*");
            case ACTIVATION_SESSION_SIZE -> Map.of("activationSessionSize", "5");
            case ACTIVE_KEY -> Map.of("activeKey", "active");
            case ON_UNAVAILABLE -> Map.of("onUnavailable", "error");
            case HOLD_FOR -> Map.of("onUnavailable", "hold", "holdFor", "1m");
            case WHOLE_REPLICAS -> Map.of("wholeReplicas", "true");
            case HEADROOM -> Map.of("headroom", "10%");
            case LOOK_AHEAD -> Map.of("lookAhead", "2m");
        };
    }

    private static CountQuery query(String... keysAndValues) {
        return parse(keysAndValues).source().query();
    }

    private static Trigger parse(String... keysAndValues) {
        return TriggerParser.parse(map(keysAndValues));
    }

    private static List<Problem> problems(String... keysAndValues) {
        return problems(map(keysAndValues));
    }

    private static List<Problem> problems(Map<String, String> metadata) {
        return catchThrowableOfType(InvalidInputException.class, () -> TriggerParser.parse(metadata))
                .problems();
    }

    private static Map<String, String> map(String... keysAndValues) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
