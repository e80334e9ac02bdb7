package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Load curves from Prometheus, as files and over HTTP. */
final class PrometheusRangeTest {

    private static final String VALUES = "[[1772438400,\"5\"],[1772438415.5,\"1.5e+03\"],[1772438430,\"NaN\"]]";
    private static final String API = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[%s]}}";

    @TempDir
    private Path directory;

    @Test
    void readsTheApisJson() {
        assertThat(csv(API.formatted("{\"metric\":{},\"values\":" + VALUES + "}")))
                .containsExactly("time,\"\"", "1772438400,5", "1772438415.5,1500", "1772438430,");
    }

    @Test
    void readsPromtoolsJsonWithSeveralSeries() {
        assertThat(csv("[{\"metric\":{\"__name__\":\"s\",\"app\":\"web\"},\"values\":" + VALUES
                        + "},\n{\"metric\":{\"app\":\"shop\"},\"values\":[[1772438430,\"7\"]]}]"))
                .containsExactly(
                        "time,\"s{app=\"\"web\"\"}\",\"{app=\"\"shop\"\"}\"",
                        "1772438400,5,",
                        "1772438415.5,1500,",
                        "1772438430,,7");
    }

    @Test
    void readsPromtoolsText() {
        assertThat(csv("{app=\"web\"} =>\n5 @[1772438400]\n1500 @[1772438415.5]\n"))
                .containsExactly("time,\"{app=\"\"web\"\"}\"", "1772438400,5", "1772438415.5,1500");
    }

    /** The results of dividing by zero. */
    @ParameterizedTest
    @ValueSource(strings = {"NaN", "+Inf", "-Inf", "Inf"})
    void whatIsNoNumberIsMissing(String value) {
        assertThat(csv(API.formatted("{\"metric\":{},\"values\":[[0,\"5\"],[15,\"" + value + "\"]]}")))
                .containsExactly("time,\"\"", "0,5", "15,");
        assertThat(csv("{} =>\n5 @[0]\n" + value + " @[15]\n")).containsExactly("time,\"{}\"", "0,5", "15,");
    }

    @Test
    void saysWhichLineOfPromtoolIsWrong() {
        assertThatThrownBy(() -> csv("{} =>\n5 @[0]\nfive @[15]\n"))
                .hasMessageContaining("'five @[15]' is not a value of promtool");
        assertThatThrownBy(() -> csv("{app=\"web\"} => 5 @[1772438400.123]\n"))
                .hasMessageContaining("instant query of promtool; use promtool query range");
        assertThatThrownBy(() -> csv(API.formatted("{\"metric\":{},\"histograms\":[]}")))
                .hasMessageContaining("native histogram");
    }

    @Test
    void leavesCsvAsItIs() {
        assertThat(csv("time,sessions\n0,5\n")).containsExactly("time,sessions", "0,5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[1]",
                "{}",
                "[{\"metric\":{}}]",
                "{\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
                "{\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1,\"x\"]]}]}}"
            })
    void refusesOtherJson(String text) {
        assertThatThrownBy(() -> csv(text)).hasMessageContaining("not the result of a range query of Prometheus");
    }

    @Test
    void saysThatThereAreNoSeries() {
        assertThatThrownBy(() -> csv(API.formatted(""))).hasMessageContaining("Prometheus returned no series");
    }

    /** At most 11,000 points, in multiples of 15 s. */
    @ParameterizedTest
    @CsvSource({"PT1M, 15", "PT45H, 15", "P7D, 60", "P30D, 240"})
    void theStepFitsTheLimitOfPrometheus(Duration range, long seconds) {
        assertThat(PrometheusClient.step(range)).isEqualTo(seconds);
        assertThat(range.toSeconds() / seconds + 1).isLessThanOrEqualTo(11_000);
    }

    @Test
    void simulatesWhatPrometheusReturns() throws IOException {
        List<String> asked = new ArrayList<>();
        HttpServer server = server(
                200, API.formatted("{\"metric\":{},\"values\":[[1772438400,\"50\"],[1772442000,\"250\"]]}"), asked);
        try {
            CommandRun run = CommandRun.of(
                    "simulate", "--prometheus", url(server), "--query", "sum(sessions{app=\"a b\"})", "--range", "2h");

            assertThat(run.out())
                    .contains("2 points from 2026-03-02 08:00:00 to 2026-03-02 09:00:00, at most 250 sessions");
            assertThat(asked)
                    .singleElement()
                    .asString()
                    .matches(
                            "/prefix/api/v1/query_range\\?query=sum%28sessions%7Bapp%3D%22a\\+b%22%7D%29&start=\\d+&end=\\d+"
                                + "&step=15");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void saysWhatPrometheusSays() throws IOException {
        HttpServer server = server(
                400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}", new ArrayList<>());
        try {
            CommandRun run = CommandRun.of("simulate", "--prometheus", url(server), "--query", "(");

            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains("Prometheus returned an error: 'parse error'");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void sendsATokenOrUserAndPassword() throws IOException {
        List<String> authorized = new ArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            authorized.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            byte[] bytes = API.formatted("{\"metric\":{},\"values\":[[0,\"5\"],[60,\"6\"]]}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        Path token = Files.writeString(directory.resolve("token"), "s3cr3t\n");
        Path empty = Files.writeString(directory.resolve("empty"), "\n");
        String host = "127.0.0.1:" + server.getAddress().getPort();
        try {
            assertThat(CommandRun.of(
                                    "simulate",
                                    "--prometheus",
                                    "http://" + host,
                                    "--query",
                                    "x",
                                    "--bearer-token-file",
                                    token.toString())
                            .err())
                    .isEmpty();
            assertThat(CommandRun.of("simulate", "--prometheus", "http://me:p%40ss@" + host, "--query", "x")
                            .err())
                    .isEmpty();
            assertThat(CommandRun.of("simulate", "--prometheus", "http://" + host, "--query", "x")
                            .err())
                    .isEmpty();
            assertThat(authorized).containsExactly("Bearer s3cr3t", "Basic bWU6cEBzcw==", "null");
            assertThat(CommandRun.of(
                                    "simulate",
                                    "--prometheus",
                                    "http://" + host,
                                    "--query",
                                    "x",
                                    "--bearer-token-file",
                                    empty.toString())
                            .err())
                    .contains("--bearer-token-file: ", "contains no token");
        } finally {
            server.stop(0);
        }
        assertThat(CommandRun.of("simulate", "--from", "x", "--bearer-token-file", token.toString())
                        .err())
                .contains("--bearer-token-file: requires --prometheus");
    }

    /** A page for people, a wrong path, a login; and a redirection that would take the password elsewhere. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | <html> | does not answer as Prometheus does; the URL is what comes before /api/v1",
                "401 | no | answers 401: it needs a user and password, or a token",
                "401 | {\"message\":\"Unauthorized\"} | see --bearer-token-file",
                "403 | no | answers 403: access is not allowed",
                "404 | no | answers 404; the URL is what comes before /api/v1",
                "503 | no | answers 503",
                "302 | no | redirects to 'http://elsewhere/'; give that URL",
                "422 | {\"status\":\"error\",\"error\":\"too many samples\"} | returned an error: 'too many samples'"
            })
    void saysWhatIsWrongWithTheServer(int status, String body, String message) throws IOException {
        HttpServer server = server(status, body, new ArrayList<>());
        try {
            CommandRun run =
                    CommandRun.of("simulate", "--prometheus", url(server).replace("//", "//u:s3cret@"), "--query", "x");

            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).contains(message).doesNotContain("s3cret");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void limitsTheResponse() throws IOException {
        HttpServer server = server(200, "{" + " ".repeat(9 << 20), new ArrayList<>());
        try {
            assertThat(CommandRun.of("simulate", "--prometheus", url(server), "--query", "x")
                            .err())
                    .contains("returns more than 8 MiB; ask for fewer series");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void limitsAFileThatIsNeededAsAWhole() throws IOException {
        for (String content :
                List.of("{} =>\n" + "5 @[1772438400]\n".repeat(200_000), "[\n" + "1,\n".repeat(1 << 20))) {
            Path file = Files.writeString(directory.resolve("large"), content);

            assertThat(CommandRun.of("simulate", "--from", file.toString()).err())
                    .contains("is a result of Prometheus of more than 2 MiB; ask for fewer series or a shorter time");
        }
    }

    @Test
    void limitsALine() throws IOException {
        Path file = Files.writeString(directory.resolve("large"), "[" + "1,".repeat(2 << 20));

        assertThat(CommandRun.of("simulate", "--from", file.toString()).err())
                .contains("has a line of more than 2 MiB; in a result of Prometheus, ask for fewer series");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheText() throws IOException {
        for (String content : List.of(
                API.formatted("{\"metric\":{},\"values\":" + VALUES + "}"),
                "{} =>\n5 @[1772438400]\n7 @[1772438415]\n",
                "1772438400,5\n1772438415,7\n")) {
            Path file = Files.writeString(directory.resolve("marked"), "\uFEFF" + content);

            assertThat(CommandRun.of("simulate", "--from", file.toString()).err())
                    .isEmpty();
        }
    }

    @Test
    void aFileOfTheApiIsALoadCurveAndColumnsAreSeries() throws IOException {
        Path file = directory.resolve("range.json");
        Files.writeString(
                file,
                API.formatted("{\"metric\":{\"app\":\"a\"},\"values\":[[0,\"1\"],[60,\"2\"]]},"
                        + "{\"metric\":{\"app\":\"b\"},\"values\":[[0,\"10\"],[60,\"20\"]]}"));

        assertThat(CommandRun.of("simulate", "--from", file.toString()).err())
                .contains("choose with --column: '{app=\"a\"}', '{app=\"b\"}'");
        assertThat(CommandRun.of(
                                "simulate",
                                "--from",
                                file.toString(),
                                "--column",
                                "{app=\"a\"}",
                                "--column",
                                "{app=\"b\"}")
                        .out())
                .contains("at most 22 sessions");
    }

    @Test
    void theSourceOfTheCurveIsGivenOnce() {
        assertThat(CommandRun.of("simulate").err()).contains("--from: is missing; give --from or --prometheus");
        assertThat(CommandRun.of("simulate", "--prometheus", "http://127.0.0.1:1")
                        .err())
                .contains("--query: must be given together with --prometheus");
        assertThat(CommandRun.of("simulate", "--prometheus", "http://u:pw@127.0.0.1:1", "--query", "x")
                        .err())
                .contains("--prometheus: 'http://127.0.0.1:1' cannot be read: no connection")
                .doesNotContain("pw", "java.");
        assertThat(CommandRun.of("simulate", "--prometheus", "http://u:pw@h x", "--query", "x")
                        .err())
                .contains("--prometheus: 'http://h x' is not a URL")
                .doesNotContain("pw");
    }

    private static List<String> csv(String text) {
        return PrometheusRange.csv(text.lines()).toList();
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/prefix/";
    }

    private static HttpServer server(int status, String body, List<String> asked) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "http://elsewhere/");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }
}
