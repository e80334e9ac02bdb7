package io.github.redissessionscaler.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** The status page and its API, over HTTP. */
final class StatusPageTest {

    private RedisServer redis;
    private RunningScaler scaler;
    private Jedis jedis;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        scaler = RunningScaler.onPort(redis.port());
        jedis = redis.connect();
    }

    @AfterEach
    void stop() {
        jedis.close();
        scaler.close();
        redis.close();
    }

    @Test
    void aTriggerIsShownWithEverythingThatIsKnown() {
        jedis.mset("a", "1", "b", "2", "c", "3");
        List.of("a", "b", "c").forEach(key -> jedis.expire(key, 1800));
        Map<String, String> metadata = Map.of("sessionSize", "2", "headroom", "50%");
        await().untilAsserted(() -> {
            assertThat(scaler.metric(metadata)).isEqualTo(4.5);
            assertThat(scaler.isActive(metadata)).isTrue();
        });

        JsonObject trigger = trigger("");

        assertThat(text(trigger, "namespace")).isEqualTo("shop");
        assertThat(text(trigger, "name")).isEqualTo("web");
        assertThat(text(trigger, "trigger")).matches("[0-9a-f]{16}");
        assertThat(text(trigger, "condition")).isEqualTo("fine");
        assertThat(text(trigger, "counts")).isEqualTo("all keys");
        assertThat(text(trigger, "method")).isEqualTo("index");
        assertThat(text(trigger, "headroom")).isEqualTo("50%");
        assertThat(text(trigger, "activeWhile")).isEqualTo("Redis is available");
        assertThat(trigger.get("sessions").getAsDouble()).isEqualTo(3);
        assertThat(trigger.get("value").getAsDouble()).isEqualTo(4.5);
        assertThat(trigger.get("target").getAsDouble()).isEqualTo(2);
        assertThat(trigger.get("replicas").getAsLong()).isEqualTo(3);
        assertThat(trigger.get("replicasPresumed").getAsBoolean()).isTrue();
        assertThat(trigger.get("capacity").getAsDouble()).isEqualTo(6);
        assertThat(trigger.get("active").getAsBoolean()).isTrue();
        assertThat(chain(trigger))
                .containsExactly(
                        "3 sessions",
                        "+50 % headroom 4.5",
                        "reported 4.5",
                        "÷ 2 = 2.25",
                        "3 needed",
                        "stays at ≈ 3",
                        "scales out at 5 sessions or more, in at 2 or fewer (after 5 min)");
        assertThat(trigger.has("next")).isFalse();
    }

    @Test
    void aForecastIsShownOrWhyThereIsNone() {
        jedis.mset("a", "1", "b", "2");
        Map<String, String> metadata = Map.of("lookAhead", "90s");
        await().untilAsserted(() -> assertThat(scaler.metric(metadata)).isEqualTo(2));

        JsonObject forecast = trigger("").getAsJsonObject("lookAhead");

        assertThat(forecast.get("seconds").getAsDouble()).isEqualTo(90);
        assertThat(forecast.get("now").getAsDouble()).isEqualTo(2);
        assertThat(forecast.get("reported").getAsDouble()).isEqualTo(2);
        assertThat(forecast.get("used").getAsBoolean()).isFalse();
        assertThat(text(forecast, "explanation")).startsWith("There is no forecast");
        assertThat(forecast.has("forecast")).isFalse();
        assertThat(forecast.has("meanError")).isFalse();
    }

    @Test
    void anOutageIsShownWithWhatIsReported() {
        jedis.set("a", "1");
        Map<String, String> hold = Map.of("onUnavailable", "hold", "holdFor", "1h");
        await().untilAsserted(() -> assertThat(scaler.metric(hold)).isEqualTo(1));
        redis.kill();
        scaler.metric(hold);

        JsonObject trigger = trigger("");

        assertThat(text(trigger, "condition")).isEqualTo("held");
        JsonObject outage = trigger.getAsJsonObject("outage");
        assertThat(text(outage, "reason")).isEqualTo("UNREACHABLE");
        assertThat(text(outage, "answer")).contains("The last value is reported for 1h");
        assertThat(outage.get("seconds").getAsDouble()).isNotNegative();
        assertThat(trigger.get("sessions").getAsDouble()).isEqualTo(1);
    }

    @Test
    void whatNobodyKnowsIsLeftOut() {
        jedis.set("a", "1");
        Map<String, String> error = Map.of("onUnavailable", "error");
        await().untilAsserted(() -> assertThat(scaler.metric(error)).isEqualTo(1));
        assertThat(trigger("").get("active").getAsBoolean()).isTrue();
        redis.kill();
        assertThatThrownBy(() -> scaler.isActive(error)).hasMessageContaining("UNAVAILABLE");

        assertThat(trigger("").has("active")).isFalse();
    }

    @Test
    void whatWasRecordedIsReadAsCsv() {
        jedis.mset("a", "1", "b", "2");
        await().untilAsserted(() -> assertThat(scaler.metric(Map.of())).isEqualTo(2));

        HttpResponse<String> csv = scaler.get("/api/history.csv?namespace=shop&name=web");

        assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
        assertThat(csv.body()).matches("time,sessions\\n(?s:.*)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ,2\\n");
    }

    @Test
    void aScaledObjectWithSeveralTriggersMustSayWhichIsMeant() {
        getMetrics(Map.of());
        getMetrics(Map.of("sessionSize", "7"));

        HttpResponse<String> ambiguous = scaler.get("/api/history.csv?namespace=shop&name=web");
        assertThat(ambiguous.statusCode()).isEqualTo(400);
        assertThat(ambiguous.body()).containsPattern("trigger=[0-9a-f]{16} or trigger=[0-9a-f]{16}");

        String id = text(trigger(""), "trigger");
        assertThat(scaler.get("/api/history.csv?namespace=shop&name=web&trigger=" + id)
                        .statusCode())
                .isEqualTo(200);
        assertThat(scaler.get("/api/history.csv?namespace=shop&name=other").statusCode())
                .isEqualTo(404);
    }

    @Test
    void triggersAreSearchedSortedAndTurnedOver() {
        for (int size = 1; size <= 5; size++) {
            getMetrics(Map.of("sessionSize", String.valueOf(size)));
        }

        JsonObject second = status("sort=replicas&limit=2&offset=2&points=10");

        assertThat(second.get("known").getAsInt()).isEqualTo(5);
        assertThat(second.getAsJsonArray("triggers")).hasSize(2);
        JsonObject third = second.getAsJsonArray("triggers").get(0).getAsJsonObject();
        assertThat(third.getAsJsonArray("spark")).hasSize(10);
        assertThat(third.getAsJsonArray("spark").get(9).getAsInt()).isEqualTo(1);
        assertThat(third.has("history")).isFalse();
        JsonObject opened = trigger("sort=replicas&limit=1&offset=2&open=shop/web/" + text(third, "trigger"));
        assertThat(opened.getAsJsonObject("history").getAsJsonArray("times")).isNotEmpty();
        assertThat(opened.getAsJsonArray("events")).isNotNull();
        assertThat(status("search=OP/W").get("found").getAsInt()).isEqualTo(5);
        assertThat(status("search=nobody").get("found").getAsInt()).isZero();
    }

    @Test
    void thousandsOfTriggersAreReturnedPageByPage() {
        int known = 3_000;
        jedis.set("a", "1");
        for (int i = 1; i <= known; i++) {
            scaler.metric(Map.of("metricName", "m" + i));
        }

        assertThat(status("").get("known").getAsInt()).isEqualTo(known);
        assertThat(status("").getAsJsonArray("triggers")).hasSize(100);
        assertThat(scaler.get("/api/status?limit=20&points=80").body()).hasSizeLessThan(100_000);
        Set<String> metrics = new HashSet<>();
        for (int offset = 0; offset <= known; offset += 1_000) {
            status("sort=name&limit=1000&offset=" + offset)
                    .getAsJsonArray("triggers")
                    .forEach(trigger -> metrics.add(text(trigger.getAsJsonObject(), "metric")));
        }
        assertThat(metrics).hasSize(known);
        assertThat(status("limit=1000&offset=2990").getAsJsonArray("triggers")).hasSize(10);
    }

    @Test
    void allInvalidParametersAreReportedTogether() {
        HttpResponse<String> response = scaler.get("/api/status?sort=best&limit=1001&serach=x&window=8d");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains("sort: 'best' is not problem, name, sessions or replicas")
                .contains("limit: '1001' is not a whole number from 0 to 1000")
                .contains("window: '8d' is not a duration")
                .contains("did you mean 'search'?");
    }

    @Test
    void theRedisConnectionIsShownWithItsErrors() {
        getMetrics(Map.of());
        redis.kill();
        scaler.isActive(Map.of());

        JsonObject connection = status("").getAsJsonArray("connections").get(0).getAsJsonObject();

        assertThat(text(connection, "name")).isEqualTo("default");
        assertThat(text(connection, "state")).isEqualTo("down");
        assertThat(connection.get("seconds").getAsDouble()).isNotNegative();
        assertThat(text(connection, "address")).isEqualTo(redis.address());
        assertThat(text(connection, "user")).isEqualTo("default");
        assertThat(connection.get("commands").getAsLong()).isPositive();
        assertThat(connection.get("latencyMillis").getAsDouble()).isPositive();
        assertThat(connection.getAsJsonObject("failures").size()).isPositive();
        assertThat(text(connection.getAsJsonObject("lastFailure"), "message")).isNotBlank();
    }

    @Test
    void theConnectionNamesTheServerAndItsVersion() {
        getMetrics(Map.of());

        await().untilAsserted(() -> assertThat(
                        text(status("").getAsJsonArray("connections").get(0).getAsJsonObject(), "server"))
                .matches("(Redis|Valkey) \\d+\\..*"));
    }

    @Test
    void anUnusedConnectionHasNoMeasurements() {
        JsonObject connection = status("").getAsJsonArray("connections").get(0).getAsJsonObject();

        assertThat(text(connection, "state")).isEqualTo("unused");
        assertThat(connection.keySet()).doesNotContain("latencyMillis", "slowestMillis", "seconds", "lastFailure");
    }

    @Test
    void triggersAreCountedByConditionAndFilteredByIt() {
        jedis.set("a", "1", SetParams.setParams().ex(1800));
        Map<String, String> hold = Map.of("onUnavailable", "hold", "holdFor", "1h");
        Map<String, String> error = Map.of("onUnavailable", "error");
        await().untilAsserted(() -> assertThat(scaler.metric(hold)).isEqualTo(1));
        assertThat(scaler.metric(error)).isEqualTo(1);
        assertThat(scaler.metric(Map.of())).isEqualTo(1);
        assertThat(status("").getAsJsonObject("conditions").get("fine").getAsInt())
                .isEqualTo(3);
        redis.kill();
        assertThat(scaler.metric(hold)).isEqualTo(1);
        assertThat(scaler.metric(Map.of())).isZero();
        assertThatThrownBy(() -> scaler.metric(error)).hasMessageContaining("UNAVAILABLE");
        assertThatThrownBy(() -> scaler.metric(Map.of("sesionSize", "3"))).hasMessageContaining("sesionSize");

        JsonObject status = status("");

        JsonObject conditions = status.getAsJsonObject("conditions");
        for (String one : List.of("held", "minimum", "error", "refused")) {
            assertThat(conditions.get(one).getAsInt()).as(one).isEqualTo(1);
        }
        assertThat(status.get("problems").getAsInt()).isEqualTo(4);
        assertThat(status.getAsJsonArray("triggers").asList().stream()
                        .map(trigger -> text(trigger.getAsJsonObject(), "condition")))
                .containsExactly("minimum", "error", "held");
        JsonObject refused = status.getAsJsonArray("refused").get(0).getAsJsonObject();
        assertThat(text(refused, "namespace") + "/" + text(refused, "name")).isEqualTo("shop/web");
        assertThat(text(refused, "reason")).contains("sesionSize", "did you mean 'sessionSize'?");
        assertThat(scaler.scrape())
                .contains(
                        "redis_session_scaler_trigger_refused{scaledobject=\"web\",scaledobject_namespace=\"shop\"} 1");
        assertThat(status("condition=held").get("found").getAsInt()).isEqualTo(1);
        assertThat(text(trigger("condition=held"), "condition")).isEqualTo("held");
    }

    @Test
    void theReasonsLeadFromTheCountToTheNextChange() {
        Map<String, String> metadata = Map.of("key", "online", "headroom", "10%");
        jedis.set("online", "780");
        await().untilAsserted(() -> assertThat(scaler.metric(metadata)).isCloseTo(858, within(1e-6)));
        jedis.set("online", "850");
        assertThat(scaler.metric(metadata)).isCloseTo(935, within(1e-6));

        assertThat(text(trigger(""), "condition")).isEqualTo("tolerated");
        assertThat(chain(trigger("")))
                .containsExactly(
                        "850 sessions",
                        "+10 % headroom 935",
                        "reported 935",
                        "÷ 100 = 9.35",
                        "10 needed",
                        "tolerance 10 %",
                        "stays at ≈ 9",
                        "scales out at 901 sessions or more, in at 727 or fewer (after 5 min)");

        jedis.set("online", "50");
        assertThat(scaler.metric(metadata)).isCloseTo(55, within(1e-6));
        assertThat(chain(trigger("")))
                .startsWith("50 sessions", "+10 % headroom 55", "reported 55", "÷ 100 = 0.55", "1 needed", "≈ 9 now")
                .anyMatch(step -> step.matches("scales in to ≈ 1 in (4 min \\d+ s|5 min)"));
        assertThat(trigger("").getAsJsonObject("scaleIn").get("replicas").getAsInt())
                .isEqualTo(1);
        assertThat(chain(trigger(""))).contains(text(trigger(""), "next"));
    }

    @Test
    void beforeTheFirstValueNothingIsSaidAboutTheReplicas() {
        jedis.set("online", "many");
        Map<String, String> metadata = Map.of("key", "online", "onUnavailable", "error");
        assertThatThrownBy(() -> scaler.metric(metadata)).hasMessageContaining("NOT_A_NUMBER");

        assertThat(chain(trigger("")))
                .contains("KEDA uses the fallback of the ScaledObject; without one, the HPA keeps the replicas")
                .endsWith("until the key is corrected");
        assertThat(text(trigger(""), "next")).isEqualTo("until the key is corrected");
        assertThat(trigger("").keySet()).doesNotContain("replicas", "capacity");
    }

    @Test
    void anOutageThatIsOverIsShownWithItsLength() {
        getMetrics(Map.of());
        redis.kill();
        scaler.metric(Map.of());
        assertThat(connection().has("lastOutage")).isFalse();
        redis.restart();
        await().until(() -> scaler.isActive(Map.of()));

        JsonObject outage = connection().getAsJsonObject("lastOutage");
        assertThat(text(connection(), "state")).isEqualTo("up");
        assertThat(text(outage, "reason")).isEqualTo("UNREACHABLE");
        assertThat(outage.get("seconds").getAsDouble()).isNotNegative();
        assertThat(outage.get("endedSeconds").getAsDouble()).isNotNegative();
    }

    private JsonObject connection() {
        return status("").getAsJsonArray("connections").get(0).getAsJsonObject();
    }

    @Test
    void aScaledValueIsExplained() {
        jedis.set("size", "50");
        jedis.set("online", "120");
        Map<String, String> metadata = Map.of("key", "online", "sessionSizeKey", "size", "wholeReplicas", "true");
        await().untilAsserted(() -> assertThat(scaler.metric(metadata)).isEqualTo(300));

        assertThat(chain(trigger("")))
                .startsWith(
                        "120 sessions",
                        "rounded up to whole replicas",
                        "× 100 ÷ 50, because the target is 50",
                        "reported 300",
                        "÷ 100 = 3",
                        "3 needed",
                        "stays at ≈ 3");
    }

    @Test
    void theIconHasTheNumberOfProblems() {
        assertThat(scaler.get("/icon.svg").body()).startsWith("<svg").doesNotContain("<text");
        assertThat(scaler.get("/icon.svg?problems=7").body()).contains(">7</text>");
        assertThat(scaler.get("/icon.svg?problems=1000").body()).contains(">99+</text>");
        assertThat(scaler.get("/icon.svg?problems=x").statusCode()).isEqualTo(400);
    }

    @Test
    void nothingFoundInRedisIsShown() {
        jedis.set("session:0123456789abcdef", "secret");
        getMetrics(Map.of("keyPattern", "session:*"));

        assertThat(scaler.get("/api/status?points=400").body())
                .contains("session:*")
                .doesNotContain("0123456789abcdef", "secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/status.css", "/status.js", "/table.js", "/detail.js", "/band.js", "/plot.js", "/words.js"
            })
    void theFilesOfThePageAreSentOnce(String path) throws Exception {
        HttpResponse<String> first = send("GET", path, Map.of());

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = send("GET", path, Map.of("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        HttpResponse<String> head = send("HEAD", path, Map.of());
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length"))
                .hasValue(String.valueOf(first.body().getBytes(StandardCharsets.UTF_8).length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/status", "/api/history.csv?namespace=shop&name=web", "/metrics"})
    void headLeavesOutTheLengthOfABodyThatIsNotMade(String path) throws Exception {
        scaler.metric(Map.of());
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), scaler.scaler().managementPort())) {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));

            assertThat(headers(socket, in, "HEAD", path))
                    .contains("HTTP/1.1 200 OK")
                    .noneMatch(header -> header.toLowerCase(Locale.ROOT).startsWith("content-length"));
            assertThat(headers(socket, in, "GET", "/livez")).contains("HTTP/1.1 200 OK");
        }
    }

    /** Sends a request on a connection that stays open, and reads its response up to the body. */
    private static List<String> headers(Socket socket, BufferedReader in, String method, String path)
            throws IOException {
        socket.getOutputStream()
                .write((method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        List<String> headers = new ArrayList<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            headers.add(line);
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/api/status", "/metrics", "/livez", "/nothing"})
    void everyAnswerIsGuarded(String path) throws Exception {
        var headers = send("GET", path, Map.of()).headers();

        assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(headers.firstValue("Referrer-Policy")).hasValue("no-referrer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
    void nothingCanBeChanged(String method) throws Exception {
        HttpResponse<String> response = send(method, "/api/status", Map.of());

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/livez/more", "/api", "/index.html", "/../pom.xml", "/page/status.js"})
    void whatIsNotThereIsNotFound(String path) {
        assertThat(scaler.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void itCanBeSwitchedOff() {
        try (var quiet = RunningScaler.with(Map.of("REDIS_ADDRESS", redis.address(), "STATUS_PAGE", "false"))) {
            assertThat(quiet.get("/").statusCode()).isEqualTo(404);
            assertThat(quiet.get("/").body()).contains("STATUS_PAGE");
            assertThat(quiet.get("/api/status").statusCode()).isEqualTo(404);
            assertThat(quiet.get("/api/history.csv").statusCode()).isEqualTo(404);
            assertThat(quiet.get("/livez").statusCode()).isEqualTo(200);
            assertThat(quiet.get("/metrics").statusCode()).isEqualTo(200);
        }
    }

    /** Asks as KEDA does until there is an answer of Redis. */
    private void getMetrics(Map<String, String> metadata) {
        jedis.set("a", "1");
        await().untilAsserted(() -> assertThat(scaler.metric(metadata)).isPositive());
    }

    @Test
    void triggersWhoseTextsHaveTheSameHashCodeAreDistinguished() {
        scaler.metric(Map.of("metricName", "Aa"));
        scaler.metric(Map.of("metricName", "BB"));

        assertThat(status("").getAsJsonArray("triggers").asList().stream()
                        .map(trigger -> text(trigger.getAsJsonObject(), "trigger"))
                        .distinct())
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:8080",
                "127.0.0.1",
                "[::1]:8080",
                "scaler",
                "scaler.keda.svc:8080",
                "a.b.svc.cluster.local."
            })
    void namesThatNoStrangerCanOwnAreAnswered(String host) throws Exception {
        assertThat(statusLine("GET /metrics HTTP/1.1", "Host: " + host)).contains(" 200 ");
    }

    @Test
    void aPageOfSomebodyElseCannotReadUnderItsOwnName() throws Exception {
        assertThat(statusLine("GET /metrics HTTP/1.1", "Host: scaler.example.com"))
                .contains(" 421 ");
        assertThat(statusLine("GET /livez HTTP/1.1", "Host: scaler.example.com"))
                .contains(" 200 ");
        try (var known = RunningScaler.with(
                Map.of("REDIS_ADDRESS", redis.address(), "MANAGEMENT_HOSTS", "scaler.example.com"))) {
            assertThat(statusLine(known, "GET /metrics HTTP/1.1", "Host: Scaler.example.com:80"))
                    .contains(" 200 ");
        }
    }

    @Test
    void whatIsNoRequestOrTooLargeIsRefused() throws Exception {
        assertThat(statusLine("no request at all", "")).contains(" 400 ");
        assertThat(statusLine("GET / HTTP/1.1", "X-Large: " + "a".repeat(10_000)))
                .contains(" 400 ");
        assertThat(statusLine("GET /" + "a".repeat(5_000) + " HTTP/1.1", "")).contains(" 400 ");
    }

    /** A request line has room for a thousand, whose problems would take megabytes for each of many clients. */
    @Test
    void thousandsOfUnknownParametersGetAShortAnswer() {
        String parameters = IntStream.range(0, 600).mapToObj(i -> "p" + i).collect(Collectors.joining("&"));

        HttpResponse<String> response = scaler.get("/api/status?" + parameters);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("p0: is not a parameter").hasSizeLessThan(4_000);
    }

    @Test
    void whoDoesNotWaitForAResponseGetsOneAndNoMore() throws IOException {
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), scaler.scaler().managementPort())) {
            socket.getOutputStream()
                    .write("GET /api/status HTTP/1.1\r\nHost: a\r\n\r\n"
                            .repeat(100)
                            .getBytes(StandardCharsets.ISO_8859_1));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(2);
            assertThat(all).endsWith("\r\n0\r\n\r\n");
        }
    }

    @Test
    void manyMayAskAtOnceAndNobodyWhoSaysNothingKeepsOthersOut() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                idle.add(new Socket(
                        InetAddress.getLoopbackAddress(), scaler.scaler().managementPort()));
            }
            assertThat(scaler.get("/readyz").statusCode()).isEqualTo(200);
            assertThat(scaler.scrape()).contains("redis_session_scaler_refused_total{limit=\"management\"}");
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    private String statusLine(String request, String header) throws IOException {
        return statusLine(scaler, request, header);
    }

    private static String statusLine(RunningScaler scaler, String request, String header) throws IOException {
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), scaler.scaler().managementPort())) {
            String text = request + "\r\n" + (header.isEmpty() ? "" : header + "\r\n") + "\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                            .readLine());
        }
    }

    private HttpResponse<String> send(String method, String path, Map<String, String> headers) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + scaler.scaler().managementPort() + path))
                    .method(method, BodyPublishers.noBody());
            headers.forEach(request::header);
            return http.send(request.build(), BodyHandlers.ofString());
        }
    }

    private JsonObject status(String query) {
        HttpResponse<String> response = scaler.get("/api/status?" + query);
        assertThat(response.statusCode()).isEqualTo(200);
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    private JsonObject trigger(String query) {
        return status(query).getAsJsonArray("triggers").get(0).getAsJsonObject();
    }

    private static List<String> chain(JsonObject trigger) {
        return trigger.getAsJsonArray("chain").asList().stream()
                .map(step -> step.getAsString())
                .toList();
    }

    private static String text(JsonObject json, String name) {
        return json.get(name).getAsString();
    }
}
