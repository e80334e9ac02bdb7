package io.github.redissessionscaler.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
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
        awaitText("legacy/reports", "no count");

        assertThat(text("shop/web")).contains("880", "100", "9");
        assertThat(text("api/gateway")).contains("warning");
        assertThat(text("shop/idle")).contains("inactive");
        toggle("legacy/reports");
        toggle("shop/web");
        awaitText("shop/web", "The HPA scales out at");
        screenshot(name + "-overview");
        toggle("legacy/reports");
        toggle("blog/www");
        awaitText("blog/www", "with 95 % confidence");

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
        awaitText("#empty", "No triggers yet");
        screenshot("empty");

        poll("shop", "web", WEB, 7);
        awaitText("shop/web", "active");
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
        awaitText("#connections", "available");
        assertThat(chromium.complaints()).isEmpty();

        page.close();
        awaitText("#live", "is unreachable; showing data from");
        screenshot("unreachable");
    }

    @Test
    void namesAreShownAsText() {
        String script = "<img src=x onerror=document.title='hurt'>";
        poll("shop", script, Map.of("key", "a:" + script), 3);

        show("light", 1280);

        awaitText("#triggers", script);
        assertThat(number("document.querySelectorAll('img').length")).isZero();
        assertThat(string("document.title")).isEqualTo("redis-session-scaler");
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void oneOfManyTriggersCanBeFound() {
        for (int i = 0; i < 300; i++) {
            poll("team-" + i % 7, "web-" + i, WEB, i);
        }
        show("light", 1280);
        awaitText("#page", "1–20 of 300");

        chromium.evaluate("document.querySelector('#next').click()");
        awaitText("#page", "21–40 of 300");
        chromium.evaluate("const box = document.querySelector('#search'); box.value = 'WEB-299';"
                + " box.dispatchEvent(new Event('input'))");

        awaitText("#found", "1 trigger found");
        awaitText("#triggers", "team-5/web-299");
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
        return "[...document.querySelectorAll('.trigger')].find(row => row.querySelector('[data-is=name]').textContent"
                + " === '" + trigger + "')";
    }

    private static String text(String where) {
        String element = where.startsWith("#") ? "document.querySelector('" + where + "')" : rowOf(where);
        return string("(" + element + "?.innerText ?? '')");
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
