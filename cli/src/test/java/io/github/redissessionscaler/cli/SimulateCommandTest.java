package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a user types it, on the curve of the examples. */
final class SimulateCommandTest {

    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final String DAY = EXAMPLES.resolve("day.csv").toString();

    @TempDir
    private Path directory;

    @Test
    void comparesSetupsSideBySide() {
        CommandRun run = CommandRun.of(
                "simulate",
                "--from",
                DAY,
                "--set",
                "minReplicaCount=1",
                "--variant",
                "wholeReplicas=true",
                "--variant",
                "exact: tolerance=0, onUnavailable=hold");

        assertThat(run.status()).isZero();
        assertThat(run.out().lines())
                .contains(
                        "289 points from 2026-03-02 00:00:00 to 2026-03-03 00:00:00, at most 1193 sessions",
                        "Redis is unavailable for 25 min 00 s from 2026-03-02 14:30:00",
                        "A replica can serve 100 sessions; with more it is overloaded")
                .anyMatch(
                        line -> line.matches("setup +overloaded +worst moment +replica hours +changes +most replicas"))
                .anyMatch(line -> line.matches("as given +4 h 57 min +1123 on 1 at 2026-03-02 14:54:49 +147.9 +36 +12"))
                .anyMatch(line -> line.startsWith("wholeReplicas=true "))
                .anyMatch(line -> line.startsWith("exact "));
    }

    @Test
    void printsEveryChangeAndItsReason() {
        CommandRun run = CommandRun.of("simulate", "--from", DAY, "--metadata", "wholeReplicas=true", "--changes");

        assertThat(run.out())
                .contains("as given, starting with 1:")
                .containsPattern("2026-03-02 06:1\\d:\\d\\d   1 -> 2   the value needs that many")
                .contains("10 -> 0   KEDA: no trigger has been active for the cooldown period");
    }

    @Test
    void writesJsonThatIsTheSameEveryTime() {
        String[] command = {"simulate", "--from", DAY, "--variant", "a: headroom=20%", "--output", "json"};

        CommandRun run = CommandRun.of(command);

        assertThat(CommandRun.of(command)).isEqualTo(run);
        JsonObject json = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(json.get("points").getAsInt()).isEqualTo(289);
        JsonObject setup = json.getAsJsonArray("setups").get(1).getAsJsonObject();
        assertThat(setup.get("name").getAsString()).isEqualTo("a");
        assertThat(setup.get("overloadedMinutes").getAsDouble()).isPositive();
        assertThat(setup.get("mostReplicas").getAsInt()).isEqualTo(14);
        assertThat(setup.getAsJsonArray("changes").get(0).getAsJsonObject().keySet())
                .containsExactly("at", "replicas", "why");
    }

    @Test
    void suggestsTheCheapestSettingThatKeepsTheBound() {
        String[] command = {
            "simulate",
            "--from",
            DAY,
            "--set",
            "startup=2m",
            "--set",
            "onUnavailable=hold",
            "--set",
            "holdFor=1h",
            "--suggest",
            "--max-overload",
            "10m"
        };

        CommandRun text = CommandRun.of(command);
        assertThat(text.status()).isZero();
        assertThat(text.out())
                .contains("The best of 180 combinations of headroom, lookAhead, sessionSize and behavior")
                .containsPattern(
                        "Fewest replica hours with an overload of at most 10 min 00 s: headroom=\\d+%?, lookAhead=");

        JsonObject json = JsonParser.parseString(
                        CommandRun.of(Stream.concat(Stream.of(command), Stream.of("--output", "json"))
                                        .toArray(String[]::new))
                                .out())
                .getAsJsonObject();
        JsonObject suggested = json.getAsJsonArray("suggested").get(0).getAsJsonObject();
        assertThat(suggested.get("overloadedMinutes").getAsDouble()).isLessThanOrEqualTo(10);
        assertThat(json.getAsJsonArray("frontier")).contains(suggested);
        assertThat(text.out()).contains(suggested.get("settings").getAsString());
    }

    @Test
    void saysIfNoSettingKeepsTheBound() throws IOException {
        String busy = Files.writeString(directory.resolve("busy.csv"), "0,1000\n600,1000\n")
                .toString();
        CommandRun run = CommandRun.of("simulate", "--from", busy, "--set", "maxReplicaCount=5", "--suggest");
        CommandRun wrong = CommandRun.of("simulate", "--from", DAY, "--suggest", "--max-overload", "10");

        assertThat(run.out()).contains("No combination keeps the overload at 0 or less. The last one has the least.");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).contains("--max-overload: '10' is not a duration");
    }

    @Test
    void drawsAPicture() throws IOException {
        Path picture = directory.resolve("day.svg");

        CommandRun run = CommandRun.of("simulate", "--from", DAY, "--svg", picture.toString());

        assertThat(run.status()).isZero();
        assertThat(Files.readString(picture)).startsWith("<svg ").contains(">as given</text>");
    }

    @Test
    void theDocumentationShowsWhatItPrintsAndDraws() throws IOException {
        Path docs = Path.of("..", "docs");
        Path picture = directory.resolve("documented.svg");

        CommandRun run = CommandRun.of(
                "simulate",
                "--from",
                DAY,
                "--scaledobject",
                EXAMPLES.resolve("dbsize.yaml").toString(),
                "--variant",
                "wholeReplicas=true",
                "--variant",
                "exact: tolerance=0",
                "--variant",
                "spare room: tolerance=0, headroom=10%, onUnavailable=hold, holdFor=1h",
                "--svg",
                picture.toString());

        assertThat(Files.readString(docs.resolve("simulate.md"))).contains(run.out());
        assertThat(Files.readString(docs.resolve("simulate.svg"))).isEqualTo(Files.readString(picture));
    }

    @Test
    void readsTheHistoryOfARunningScalerWithItsOutages() {
        try (var redis = RedisServer.start();
                var scaler = RunningScaler.impatient(Map.of("REDIS_ADDRESS", redis.address()))) {
            String path = "/api/history.csv?namespace=shop&name=web";
            await().until(() -> scaler.metric(Map.of()) == 0
                    && scaler.get(path).body().lines().count() > 2);
            redis.pause();
            await().until(() ->
                    scaler.metric(Map.of()) == 0 && scaler.get(path).body().endsWith("Z,\n"));

            CommandRun run = CommandRun.of(
                    "simulate", "--from", "http://127.0.0.1:" + scaler.scaler().managementPort() + path);

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).contains("at most 0 sessions");
        }
    }

    @Test
    void readsACurveFromAUrl() {
        byte[] recorded =
                "time,sessions\n2026-03-02T08:00:00Z,5\n2026-03-02T08:10:00Z,250\n".getBytes(StandardCharsets.UTF_8);
        HttpServer server = server(recorded);
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();

            CommandRun run = CommandRun.of("simulate", "--from", url + "/api/history.csv");
            assertThat(run.status()).isZero();
            assertThat(run.out()).contains("2 points from 2026-03-02 08:00:00 to 2026-03-02 08:10:00");

            CommandRun lost = CommandRun.of("simulate", "--from", url + "/nothing");
            assertThat(lost.status()).isEqualTo(2);
            assertThat(lost.err()).contains("--from: '" + url + "/nothing' answers 404");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void simulatesEveryExample(Path example) {
        CommandRun run = CommandRun.of(
                "simulate", "--from", DAY, "--scaledobject", example.toString(), "--trigger", metric(example));

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).containsPattern("as given +\\d");
    }

    static Stream<Path> examples() {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String metric(Path example) {
        return example.endsWith("several-triggers.yaml") ? "app_sessions" : "session_size";
    }

    @Test
    void listsWhatIsNotSimulated() {
        CommandRun run = CommandRun.of(
                "simulate",
                "--from",
                DAY,
                "--scaledobject",
                EXAMPLES.resolve("several-triggers.yaml").toString(),
                "--trigger",
                "web_sessions",
                "--set",
                "activeKey=on");

        assertThat(run.out())
                .contains("Not simulated: spec.triggers[1], of another metric")
                .contains("Not simulated: spec.triggers[2], of type cpu")
                .contains("Note: activeKey is assumed to hold 1.");
    }

    @Test
    void reportsEachProblemInOneLine() throws IOException {
        Path curve = Files.writeString(directory.resolve("bad.csv"), "08:00,5\n08:10,many\n");

        assertWrong("line 2: 'many' is not a number of sessions", "--from", curve.toString());
        assertWrong("--from: 'no such file' cannot be read: no such file", "--from", "no such file");
        assertWrong(
                "--scaledobject: 'no such file' cannot be read: no such file",
                "--from",
                DAY,
                "--scaledobject",
                "no such file");
        assertWrong("--from: 'http://h/a b' is not a URL", "--from", "http://u:s3cret@h/a b");
        assertWrong("--trigger: requires --scaledobject", "--from", DAY, "--trigger", "x");
        assertWrong("--max-overload: requires --suggest", "--from", DAY, "--max-overload", "1m");
        assertWrong("--range: requires --prometheus", "--from", DAY, "--range", "1d");
        assertWrong("--set: a is set twice", "--from", DAY, "--set", "a=1", "--set", "a=2");
        assertWrong("--svg: ", "--from", DAY, "--svg", directory.toString());
        assertWrong("--capacity: -1.0 is not a number more than 0", "--from", DAY, "--capacity", "-1");
        assertThat(CommandRun.of(
                                "simulate",
                                "--from",
                                DAY,
                                "--set",
                                "sesionSize=1",
                                "--variant",
                                "x",
                                "--variant",
                                "a: maxReplicaCount=0")
                        .err()
                        .lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .isEqualTo("simulate: sesionSize: is not a known key; did you mean 'sessionSize'?"),
                        line -> assertThat(line).isEqualTo("simulate: --variant: 'x' is not KEY=VALUE"),
                        line -> assertThat(line).startsWith("simulate: maxReplicaCount: '0' is not"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://u:s3c/r3t@host/x",
                "http://u:s3c/r3t@host/x?q=a@b",
                "http://u:12/s3c?r3t#s3c//r3t@host/x",
                "http://u:s3c@r3t@host/x",
                "HTTP://u:s3c/r3t@host/x",
                "ftp://u:s3c/r3t@host/x",
                "//u:s3c/r3t@host/x",
                "u:s3c/r3t@host/x"
            })
    void noPasswordOfAUrlIsShown(String url) {
        for (CommandRun run : List.of(
                CommandRun.of("simulate", "--from", url),
                CommandRun.of("simulate", "--prometheus", url, "--query", "x"))) {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).isNotEmpty().doesNotContain("s3c", "r3t");
        }
    }

    @Test
    void saysHowToWriteAPassword() {
        assertWrong(
                "--from: 'http://host/x' is not a URL such as http://host:9090; in a user name or a password, write %2F"
                        + " for / and %40 for @",
                "--from", "http://u:s3c/r3t@host/x");
    }

    private static void assertWrong(String message, String... options) {
        CommandRun run = CommandRun.of(
                Stream.concat(Stream.of("simulate"), Stream.of(options)).toArray(String[]::new));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().strip().lines()).singleElement().asString().contains(message);
    }

    private static HttpServer server(byte[] history) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/api/history.csv", exchange -> {
                try (exchange) {
                    exchange.sendResponseHeaders(200, history.length);
                    exchange.getResponseBody().write(history);
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
