package io.github.redissessionscaler.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.management.DemoText;
import io.github.redissessionscaler.observed.ApiAccess;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.Observations;
import io.github.redissessionscaler.observed.ObservedCondition;
import io.github.redissessionscaler.observed.ObservedEvent;
import io.github.redissessionscaler.observed.ScaledObjectObservation;
import io.github.redissessionscaler.testing.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** The status page in Chromium. Its screenshots are in {@code target/screenshots}. */
@Tag("browser")
final class BrowserTest {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final Map<String, String> WEB = Map.of("key", "shop:online");
    private static final Map<String, String> BLOG =
            Map.of("keyPattern", "session:*", "accuracy", "estimate", "sessionSize", "500", "onUnavailable", "hold");
    private static final Map<String, String> BROKEN = Map.of("key", "legacy:online", "onUnavailable", "error");
    private static final Map<String, String> API =
            Map.of("key", "api:online", "sessionSizeKey", "api:size", "wholeReplicas", "true");
    private static final Map<String, String> IDLE = Map.of("key", "nobody:online", "activationSessionSize", "5");

    private static Chromium chromium;

    private RedisServer redis;
    private Jedis jedis;
    private RecordedPage page;

    @BeforeAll
    static void startBrowser() {
        chromium = Chromium.start();
    }

    @AfterAll
    static void stopBrowser() {
        chromium.close();
    }

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        jedis = redis.connect();
        page = new RecordedPage(redis.port(), Instant.parse("2026-03-04T03:00:00Z"));
    }

    @AfterEach
    void stop() {
        chromium.open("about:blank");
        page.close();
        jedis.close();
        redis.close();
    }

    @ParameterizedTest
    @CsvSource({"light, light, 1280", "dark, dark, 1280", "narrow, light, 390", "narrow-dark, dark, 390"})
    void thePageIsRenderedAndAccessible(String name, String colors, int width) throws IOException {
        recordHours();
        show(colors, width);
        awaitText("legacy/reports", "error");

        assertThat(text("shop/web")).contains("880", "≈ 9");
        assertThat(text("api/gateway")).contains("warning");
        assertThat(title()).startsWith("(2) ");
        assertThat(text("#conditions")).contains("1 error", "1 warning", "3 fine");
        assertThat(text("legacy/reports"))
                .contains("NOT_A_NUMBER", "last 42, 6 h 1 min ago", "≈ 1 or fallback", "until the key is corrected");
        assertThat(text("api/gateway")).contains("sessionSizeKey", "2,971", "≈ 34 → 30", "→ ≈ 30 in ");
        assertThat(text("#connections"))
                .contains("up for 2 h 30 min", "Was unavailable for 10 min until ", "(UNREACHABLE)")
                .doesNotContain("cannot be reached", "check host and port");
        toggle("legacy/reports");
        toggle("shop/web");
        awaitDetail("shop/web", "stays at ≈ 9");
        assertThat(number("Math.round(document.querySelector('.cut').getBoundingClientRect().width)"))
                .isGreaterThan(50);
        screenshot(name + "-overview");
        assertThat(detail("shop/web"))
                .contains(
                        "880 sessions",
                        "9 needed",
                        "scales out at 991 sessions or more, in at 800 or fewer (after 5 min)",
                        "At times there was no count",
                        "Show all");
        assertThat(number("document.querySelectorAll('.events li:not([hidden])').length"))
                .isEqualTo(8);
        toggle("blog/www");
        awaitDetail("blog/www", "with 95 % confidence");

        assertThat(chromium.complaints()).isEmpty();
        assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
        assertThat(number("document.querySelectorAll('.detail .plot path.sessions').length"))
                .isGreaterThanOrEqualTo(2);
        screenshot(name);
        chromium.evaluate(axe());
        assertThat(string("axe.run().then(found => found.violations.map(rule => rule.id + ': '"
                        + " + rule.nodes.map(node => node.html + node.failureSummary).join()).join('\\n')"
                        + " + (found.passes.length > 20 ? '' : 'too little was checked'))"))
                .isEmpty();
    }

    @Test
    void thePageUpdatesAndShowsWhenTheScalerIsUnreachable() throws IOException {
        show("light", 1280);
        awaitText("#live", "Live; times in ");
        assertThat(string("document.querySelector('#empty').innerText"))
                .contains("No triggers yet", "kubectl -n keda exec deployment/redis-session-scaler");
        screenshot("empty");

        poll("shop", "web", WEB, 7);
        awaitText("shop/web", "fine");
        assertThat(text("shop/web")).contains("7");
        chromium.evaluate("document.querySelector('.opener').focus()");
        assertThat(string("document.activeElement.getAttribute('aria-expanded')"))
                .isEqualTo("true");
        chromium.press(" ", "Space", 32);
        await().until(() ->
                string("document.activeElement.getAttribute('aria-expanded')").equals("false"));

        page.pass(Duration.ofSeconds(15));
        poll("shop", "web", WEB, 1234);
        awaitText("shop/web", "1,234");
        awaitText("#connections", "up for");
        assertThat(chromium.complaints()).isEmpty();

        page.close();
        awaitText("#old", "cannot be reached from this browser. KEDA may still reach it. All below is ");
        screenshot("unreachable");
    }

    @Test
    void namesAreShownAsText() {
        String script = "<img src=x onerror=document.title='hurt'>";
        poll("shop", script, Map.of("key", "a:" + script), 3);

        show("light", 1280);

        awaitText("#triggers", script);
        assertThat(number("document.querySelectorAll('img').length")).isZero();
        assertThat(title()).isEqualTo("redis-session-scaler");
        assertThat(chromium.complaints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        minimum | reporting 0 | ≈ 6 → 1         | onUnavailable: minimum  | inactive and 0 reported       | no | → minReplicaCount in 3 min
        hold    | held        | ≈ 6             | onUnavailable: hold for | reported 520                  | yes (held) | reports 0 in 28 min 15 s
        error   | error       | ≈ 6 or fallback | onUnavailable: error    | an error is returned to KEDA  | not reported | until Redis gives a count
        """)
    void anOutageSaysWhatIsWrongAndWhatHappensNext(
            String policy, String state, String replicas, String first, String reported, String active, String next)
            throws IOException {
        Map<String, String> metadata = new HashMap<>(Map.of("key", "shop:online", "onUnavailable", policy));
        if (policy.equals("hold")) {
            metadata.put("holdFor", "30m");
        }
        for (int minute = 0; minute < 120; minute++) {
            page.pass(Duration.ofMinutes(1));
            poll("shop", "web", metadata, 520 - minute % 5);
        }
        poll("shop", "web", metadata, 520);
        redis.killSaved();
        for (int i = 0; i < 8; i++) {
            page.pass(Duration.ofSeconds(15));
            page.poll("shop", "web", metadata);
        }
        show("light", 1280);

        awaitText("shop/web", state);
        awaitDetail("shop/web", next.replace("→", "scales in to"));
        assertThat(text("shop/web")).contains("UNREACHABLE", "last 520, 2 min ago", replicas, next);
        assertThat(string("document.querySelector('.chain li').textContent")).startsWith(first);
        assertThat(detail("shop/web"))
                .contains(
                        reported,
                        "Reported as active\n" + active,
                        "last count 520",
                        "UNREACHABLE",
                        "≈ 6 replicas now",
                        "There is no count from Redis since ")
                .doesNotContain("cannot be reached", "At times");
        assertThat(text("#connections"))
                .contains(
                        "down for 1 min 45 s",
                        "UNREACHABLE",
                        "cannot be reached",
                        "Redis user 'default'",
                        "last seen as")
                .doesNotContain("round trip");
        assertThat(title()).startsWith("(1) ");
        assertThat(string("document.querySelector('#icon').getAttribute('href')"))
                .isEqualTo("icon.svg?problems=1");
        assertThat(string("document.body.innerText"))
                .doesNotContain("is right", "scales out at", "now 520", "0.00 ms", "0 commands");
        screenshot("outage-" + policy);

        redis.restart();
        jedis.close();
        jedis = redis.connect();
        poll("shop", "web", metadata, 540);
        page.pass(Duration.ofSeconds(15));
        poll("shop", "web", metadata, 540);
        awaitText("shop/web", "fine");
        awaitDetail("shop/web", "Redis gives a count again");
        assertThat(string("document.querySelector('.readout').textContent"))
                .endsWith(": 540 sessions, 540 reported, capacity ≈ 600, ≈ 6 replicas");
        assertThat(text("#connections"))
                .contains("up for 15 s", "Was unavailable for 1 min 45 s until ", "(UNREACHABLE)")
                .doesNotContain("cannot be reached");
        assertThat(title()).isEqualTo("redis-session-scaler");
        screenshot("recovered-" + policy);
    }

    @Test
    void aDemonstrationShowsItsTimeAndItsComparison() throws IOException {
        page.demonstrates(new DemoText(
                "a day takes 5 min",
                List.of(
                        "shop-plain   overloaded for 12 min 00 s, 60 replica hours",
                        "shop-ready   overloaded for 0, 66 replica hours")));
        poll("demo", "shop-plain", WEB, 7);
        poll("demo", "shop-ready", WEB, 7);
        show("light", 1280);

        awaitText("#demo-title", "Demo time 03:00; a day takes 5 min");
        assertThat(text("#demo-section"))
                .contains("overloaded for 12 min", "overloaded for 0,", "Overloaded: more sessions than");
        screenshot("demo");
    }

    @Test
    void tenThousandTriggersStayQuick() throws IOException {
        jedis.set("shop:online", "850");
        jedis.set("legacy:online", "not a number");
        for (int i = 0; i < 10_000; i++) {
            page.poll("team-" + i % 40, "web-" + i, i % 1000 == 7 ? BROKEN : WEB);
        }
        show("light", 1280);

        awaitText("#page", "1–100 of 10,000");
        awaitText("#pages", "of 100");
        awaitDetail("team-7/web-7", "NOT_A_NUMBER");
        assertThat(detail("team-7/web-7"))
                .contains(
                        "Keeps its replicas, or those of the fallback, until the key is corrected.",
                        "no count, an error returned, replicas unknown")
                .doesNotContain("0 replicas", "≈ 1");
        assertThat(string("[...document.querySelectorAll('.cut')].slice(0, 4).map(name => name.textContent).join(' ')"))
                .isEqualTo("web-7 web-1007 web-2007 web-3007");
        assertThat(number("document.querySelectorAll('.trigger').length")).isEqualTo(100);
        assertThat(text("#conditions")).contains("9,990 fine", "10 errors");
        screenshot("ten-thousand");
        chromium.evaluate("const box = document.querySelector('#page-number'); box.value = '100';"
                + " box.dispatchEvent(new Event('change'))");
        awaitText("#page", "9,901–10,000 of 10,000");
    }

    @Test
    void refusedTriggersAreShownWithTheirFix() throws IOException {
        poll("shop", "web", WEB, 7);
        page.refuse("shop", "typing-error", "sesionSize: is not a known key; did you mean 'sessionSize'?");
        show("light", 1280);

        awaitText("#refused", "did you mean 'sessionSize'?");
        assertThat(text("#refused"))
                .contains("shop/typing-error", "refused since ", "kubectl -n shop edit scaledobject typing-error")
                .doesNotContain("0 s");
        assertThat(text("#triggers-heading")).isEqualTo("1 trigger, and 1 refused");
        screenshot("refused");
        chromium.evaluate("document.querySelector('#filter-refused').click()");
        await().until(() -> number("document.querySelectorAll('.trigger').length") == 0);
    }

    @ParameterizedTest
    @CsvSource({"light, light, 1280", "dark, dark, 1280", "narrow, light, 390"})
    void whatKubernetesSaysIsShown(String name, String colors, int width) throws IOException {
        page.close();
        page = new RecordedPage(redis.port(), Instant.parse("2026-03-04T03:00:00Z"), kubernetes());
        for (int minute = 0; minute < 90; minute++) {
            page.pass(Duration.ofMinutes(1));
            poll("shop", "web", WEB, 900 + 5 * minute);
        }
        poll("shop", "paused", Map.of("key", "paused:online"), "paused:online", 400);
        poll("shop", "known-by-estimate", Map.of("key", "estimated:online"), "estimated:online", 300);
        show(colors, width);

        awaitText("shop/web", "above max");
        assertThat(text("shop/web")).contains("10 of 14").doesNotContain("≈");
        assertThat(text("shop/known-by-estimate")).contains("≈ 3");
        assertThat(text("shop/paused")).contains("4").doesNotContain("≈");
        assertThat(text("#conditions")).contains("1 above max", "1 warning");
        assertThat(title()).startsWith("(2) ");
        assertThat(text("#kubernetes"))
                .contains("horizontalpodautoscalers", "up for", "not allowed (403)", "other triggers are unknown");
        awaitDetail("shop/web", "14 replicas are wanted, but the maximum is 10: each has about 135 sessions");
        assertThat(detail("shop/web"))
                .contains(
                        "maximum 10",
                        "stays at 10",
                        "10 replicas now, 10 desired, between 2 and 10",
                        "external, cron",
                        "6 replicas, not in use",
                        "HPA, SuccessfulRescale: New size: 10")
                .doesNotContain("scales out at");
        toggle("shop/paused");
        awaitDetail("shop/paused", "KEDA is paused by an annotation of the ScaledObject, at 4 replicas.");
        assertThat(detail("shop/paused")).contains("stays at 4").doesNotContain("scales out at", "scales in at");
        assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(width);
        assertThat(chromium.complaints()).isEmpty();
        screenshot("kubernetes-" + name);
    }

    /** An API that says the same always; of one ScaledObject it knows nothing. */
    private Observations kubernetes() {
        var limited = new HpaObservation(
                "keda-hpa-web",
                2,
                10,
                10,
                10,
                Instant.parse("2026-03-04T04:00:00Z").getEpochSecond(),
                List.of(
                        new ObservedCondition("AbleToScale", "True", "ReadyForNewScale", ""),
                        new ObservedCondition("ScalingActive", "True", "ValidMetricFound", ""),
                        new ObservedCondition("ScalingLimited", "True", "TooManyReplicas", "")));
        var web = new ScaledObjectObservation(
                "keda-hpa-web",
                2,
                List.of("external", "cron"),
                OptionalInt.of(6),
                Optional.empty(),
                false,
                List.of(new ObservedCondition("Ready", "True", "ScaledObjectReady", "")));
        var paused = new ScaledObjectObservation(
                "",
                0,
                List.of("external"),
                OptionalInt.empty(),
                Optional.of(new ScaledObjectObservation.Pause(
                        ScaledObjectObservation.Pause.PausedPart.SCALING, OptionalInt.of(4))),
                false,
                List.of());
        return new Observations() {
            @Override
            public Optional<Observation> of(String namespace, String scaledObject) {
                return switch (scaledObject) {
                    case "web" -> Optional.of(new Observation(Optional.of(limited), Optional.of(web)));
                    case "paused" -> Optional.of(new Observation(Optional.empty(), Optional.of(paused)));
                    default -> Optional.empty();
                };
            }

            @Override
            public List<ObservedEvent> events(String namespace, String scaledObject) {
                return List.of(new ObservedEvent(
                        Instant.parse("2026-03-04T04:00:00Z"),
                        "HorizontalPodAutoscaler",
                        false,
                        "SuccessfulRescale",
                        "New size: 10; reason: external metric above target",
                        1));
            }

            @Override
            public List<ApiAccess> access() {
                Instant start = Instant.parse("2026-03-04T03:00:00Z");
                return List.of(
                        new ApiAccess("horizontalpodautoscalers", ApiAccess.ApiState.UP, start, Optional.empty()),
                        new ApiAccess(
                                "scaledobjects",
                                ApiAccess.ApiState.DOWN,
                                start,
                                Optional.of("not allowed (403): example")));
            }
        };
    }

    @Test
    void longNamesAreCutInTheMiddle() throws IOException {
        String name = "a-very-long-name-of-a-scaledobject-that-nobody-can-read-at-once-".repeat(3) + "frontend-blue";
        poll("team-with-a-long-name-of-its-own", name, WEB, 7);
        show("light", 1280);

        awaitText("team-with-a-long-name-of-its-own/" + name, "fine");
        assertThat(string("document.querySelector('.cut span:last-child').textContent"))
                .isEqualTo("end-blue");
        assertThat(string("document.querySelector('.opener').title")).contains(name);
        assertThat(number("document.querySelector('.trigger').getBoundingClientRect().height"))
                .isLessThanOrEqualTo(34);
        assertThat(number("document.documentElement.scrollWidth")).isLessThanOrEqualTo(1280);
        screenshot("long-names");
    }

    @Test
    void theReadoutSurvivesARefreshAndFollowsMouseAndKeys() {
        for (int minute = 0; minute < 60; minute++) {
            page.pass(Duration.ofMinutes(1));
            poll("shop", "web", WEB, 100 + minute);
        }
        show("light", 1280);
        awaitDetail("shop/web", "159 sessions");
        chromium.evaluate("document.querySelector('.plot').dispatchEvent(new PointerEvent('pointermove',"
                + " {clientX: document.querySelector('.plot').getBoundingClientRect().left + 500, bubbles: true}))");
        String pointed = string("document.querySelector('.readout').textContent");
        assertThat(pointed).contains("sessions", "reported", "capacity", "≈").doesNotContain("159 sessions");

        page.pass(Duration.ofSeconds(1));
        poll("shop", "web", WEB, 170);
        awaitText("shop/web", "170");
        assertThat(string("document.querySelector('.pointer').getAttribute('visibility')"))
                .isEqualTo("visible");

        chromium.evaluate("document.querySelector('.plot').focus()");
        chromium.press("Home", "Home", 36);
        assertThat(string("document.querySelector('.plot').getAttribute('aria-valuetext')"))
                .contains("100 sessions");
        chromium.press("ArrowRight", "ArrowRight", 39);
        assertThat(string("document.querySelector('.readout').textContent")).contains("101 sessions");
    }

    @Test
    void aDragZooms() {
        for (int minute = 0; minute < 60; minute++) {
            page.pass(Duration.ofMinutes(1));
            poll("shop", "web", WEB, 100 + minute);
        }
        show("light", 1280);
        awaitDetail("shop/web", "159 sessions");
        for (String event : List.of("pointerdown', 300", "pointermove', 600", "pointerup', 600")) {
            String[] parts = event.split("', ", 2);
            chromium.evaluate("document.querySelector('.plot').dispatchEvent(new PointerEvent('" + parts[0]
                    + "', {pointerType: 'mouse', button: 0, bubbles: true, clientX:"
                    + " document.querySelector('.plot').getBoundingClientRect().left + " + parts[1] + "}))");
        }

        assertThat(number("document.querySelector('.whole').hidden ? 1 : 0")).isZero();
        chromium.evaluate("document.querySelector('.whole').click()");
        assertThat(number("document.querySelector('.whole').hidden ? 1 : 0")).isEqualTo(1);
    }

    @Test
    void oneOfManyTriggersCanBeFound() {
        for (int i = 0; i < 300; i++) {
            poll("team-" + i % 7, "web-" + i, WEB, i);
        }
        show("light", 1280);
        awaitText("#page", "1–100 of 300");

        chromium.evaluate("document.querySelector('#next').click()");
        awaitText("#page", "101–200 of 300");
        chromium.evaluate("const box = document.querySelector('#search'); box.value = 'WEB-299';"
                + " box.dispatchEvent(new Event('input'))");

        awaitText("#found", "1 trigger found");
        awaitText("team-5/web-299", "fine");
        assertThat(number("document.querySelectorAll('.trigger').length")).isEqualTo(1);
    }

    /** Sessions rise and peak; Redis is unavailable for ten minutes. */
    private void recordHours() {
        jedis.eval("for i=1,15000 do redis.call('SET', (i % 3 == 0 and 'cache:' or 'session:')..i, 'x') end");
        jedis.set("legacy:online", "42");
        poll("legacy", "reports", BROKEN, "legacy:online", 42);
        jedis.set("legacy:online", "not a number");
        for (int minute = 0; minute <= 360; minute++) {
            page.pass(Duration.ofMinutes(1));
            if (minute == 200) {
                redis.killSaved();
            } else if (minute == 210) {
                redis.restart();
                jedis.close();
                jedis = redis.connect();
            }
            boolean up = minute < 200 || minute >= 210;
            if (up) {
                set("shop:online", 500 - 420 * Math.cos(minute / 360.0 * 2.6) + (minute % 90 == 60 ? 140 : minute % 7));
                set("api:online", 2600 + 900 * Math.sin(minute / 40.0));
            }
            page.poll("shop", "web", WEB);
            page.poll("api", "gateway", API);
            if (minute > 355) {
                page.poll("blog", "www", BLOG);
            }
            if (minute % 10 == 0 || minute > 355) {
                page.poll("legacy", "reports", BROKEN);
                page.poll("shop", "idle", IDLE);
            }
        }
        poll("shop", "web", WEB, 880);
    }

    private void poll(String namespace, String name, Map<String, String> metadata, double sessions) {
        poll(namespace, name, metadata, metadata.getOrDefault("key", ""), sessions);
    }

    private void poll(String namespace, String name, Map<String, String> metadata, String key, double sessions) {
        set(key, sessions);
        page.poll(namespace, name, metadata);
    }

    private void set(String key, double sessions) {
        jedis.set(key, String.valueOf(Math.round(sessions)));
    }

    private void show(String colors, int width) {
        chromium.complaints().clear();
        chromium.looksThrough(width, 900, colors);
        chromium.open(page.url());
    }

    private static void toggle(String trigger) {
        chromium.evaluate(rowOf(trigger) + ".querySelector('.opener').click()");
    }

    private static String rowOf(String trigger) {
        return "[...document.querySelectorAll('.trigger')].find(row =>"
                + " row.querySelector('[data-is=namespace]').textContent + '/' +"
                + " row.querySelector('[data-is=name]').textContent === '" + trigger + "')";
    }

    private static String detail(String trigger) {
        return string("(document.getElementById(" + rowOf(trigger)
                + "?.querySelector('.opener').getAttribute('aria-controls'))?.innerText ?? '')");
    }

    private static void awaitDetail(String trigger, String expected) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(detail(trigger)).contains(expected));
    }

    private static String title() {
        return string("document.title");
    }

    private static String text(String where) {
        String element = where.startsWith("#") ? "document.querySelector('" + where + "')" : rowOf(where);
        return string("(" + element + "?.textContent ?? '')");
    }

    private static void awaitText(String where, String expected) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(text(where)).contains(expected));
    }

    private static String string(String expression) {
        return chromium.evaluate(expression).getAsString();
    }

    private static int number(String expression) {
        return chromium.evaluate(expression).getAsInt();
    }

    private static void screenshot(String name) throws IOException {
        Files.createDirectories(SCREENSHOTS);
        Files.write(SCREENSHOTS.resolve(name + ".png"), chromium.screenshot());
    }

    private static String axe() throws IOException {
        try (InputStream in = BrowserTest.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
