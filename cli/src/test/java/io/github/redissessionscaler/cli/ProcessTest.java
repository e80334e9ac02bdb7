package io.github.redissessionscaler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.TcpProxy;
import io.github.redissessionscaler.testing.TestCertificates;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** The scaler as the launcher starts it. */
final class ProcessTest {

    private static final int STREAMS = 100;
    private static final int CALLS = 100;

    /** Of a process that SIGTERM has ended, after everything that it still had to do. */
    private static final int ENDED_BY_SIGTERM = 128 + 15;

    @TempDir
    private Path directory;

    @Test
    void sigtermEndsStreamsWellAndLosesNoCall() throws Exception {
        try (var redis = RedisServer.start();
                var scaler = ScalerProcess.start(directory, Map.of("REDIS_ADDRESS", redis.address()))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", scaler.grpcPort())
                    .usePlaintext()
                    .build();
            var streams = IntStream.range(0, STREAMS)
                    .mapToObj(_ ->
                            new RecordedStream<ScaledObjectRef, IsActiveResponse, Boolean>(IsActiveResponse::getResult))
                    .toList();
            streams.forEach(
                    stream -> ExternalScalerGrpc.newStub(channel).streamIsActive(RunningScaler.ref(Map.of()), stream));
            await().until(() ->
                    streams.stream().allMatch(stream -> stream.values().contains(true)));
            redis.pause();
            List<ListenableFuture<GetMetricsResponse>> calls = IntStream.range(0, CALLS)
                    .mapToObj(i -> ExternalScalerGrpc.newFutureStub(channel)
                            .getMetrics(GetMetricsRequest.newBuilder()
                                    .setScaledObjectRef(RunningScaler.ref(Map.of("metricName", "m" + i)))
                                    .build()))
                    .toList();
            // sent on the same connection after them, so that they have come when it is answered
            HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());

            scaler.terminate();

            for (ListenableFuture<GetMetricsResponse> call : calls) {
                assertThat(call.get(1, TimeUnit.MINUTES).getMetricValuesCount()).isEqualTo(1);
            }
            await().until(() -> streams.stream().allMatch(stream -> stream.end().isPresent()));
            assertThat(streams)
                    .allSatisfy(stream ->
                            assertThat(stream.end().orElseThrow().getCode()).isEqualTo(Status.Code.OK));
            assertThat(scaler.awaitEnd()).isEqualTo(ENDED_BY_SIGTERM);
            channel.shutdownNow();
        }
    }

    @Test
    void withJsonEveryLineIsAnObject() throws Exception {
        try (var redis = RedisServer.start();
                var scaler = ScalerProcess.start(
                        directory, Map.of("REDIS_ADDRESS", redis.address(), "LOG_FORMAT", "json", "KEPALIVE", "1m"))) {
            await().until(() -> scaler.output().contains("Connected to Redis"));
            scaler.terminate();
            scaler.awaitEnd();

            assertThat(scaler.output().lines())
                    .allSatisfy(line -> assertThat(JsonParser.parseString(line)
                                    .getAsJsonObject()
                                    .keySet())
                            .contains("time", "level", "message"))
                    .anySatisfy(
                            line -> assertThat(line).contains("KEPALIVE is not a setting; did you mean KEEPALIVE?"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "serv, '', did you mean 'serve'?",
        "--verison, '', did you mean '--version'?",
        "serve --grpc-prot 1, '', did you mean '--grpc-port'?",
        "serve, GRPC_PORT=many, GRPC_PORT: 'many' is not a port",
        "serve, REDIS_ADRESS=redis:6379, did you mean REDIS_ADDRESS?",
    })
    void withJsonAnErrorThatPreventsAStartIsAnObject(String arguments, String variable, String problem)
            throws Exception {
        ProcessBuilder builder = command(arguments);
        builder.environment().put("LOG_FORMAT", "json");
        if (!variable.isEmpty()) {
            builder.environment()
                    .put(variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).isEqualTo(Main.INVALID_INPUT);
        assertThat(output.lines()).hasSize(1);
        assertThat(JsonParser.parseString(output)
                        .getAsJsonObject()
                        .get("message")
                        .getAsString())
                .contains(problem);
    }

    @Test
    void checkOfAScalerThatHasNoAddressIsOneLine() throws Exception {
        Process process = command("check --scaler no-such-host.invalid").start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(output.lines())
                .singleElement()
                .asString()
                .startsWith("check: the scaler at no-such-host.invalid:6000 cannot be reached");
    }

    @Test
    void simulatesAYearOfMinutes() throws Exception {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        Path year = curve(IntStream.range(0, 365 * 24 * 60)
                .mapToObj(minute -> start.plus(Duration.ofMinutes(minute)) + "," + (1000 + minute % 500)));

        Process process = command("simulate --from " + year).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(output).contains("525600 points");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aCurveThatIsTooLargeIsAnErrorOfOneLine() throws Exception {
        Path large = curve(IntStream.range(0, 2_000_000).mapToObj(point -> 10 * point + ",5"));

        Process process = command("simulate --from " + large).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(output.lines()).singleElement().asString().contains("has more than 600000 points");
        assertThat(process.waitFor()).isEqualTo(Main.INVALID_INPUT);
    }

    private Path curve(Stream<String> lines) throws IOException {
        return Files.write(directory.resolve("curve.csv"), lines.toList());
    }

    /** A device of Linux, whose disk is always full. */
    @Test
    void anOutputThatCannotBeWrittenIsAFailure() throws Exception {
        Process process = command("simulate --from ../examples/day.csv --output json")
                .redirectErrorStream(false)
                .redirectOutput(new File("/dev/full"))
                .start();
        String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);

        assertThat(errors.lines()).singleElement().asString().contains("the output cannot be written");
        assertThat(process.waitFor()).isEqualTo(Main.FAILED);
    }

    @Test
    void sigtermDuringTheStartLeavesNoRedisBehind() throws Exception {
        ProcessBuilder builder = command("serve --embedded-redis --sessions 1000000");
        builder.environment().putAll(Map.of("GRPC_PORT", "0", "MANAGEMENT_PORT", "0"));
        Process process =
                builder.redirectOutput(directory.resolve("output").toFile()).start();
        ProcessHandle redis = await().until(
                        () -> process.descendants().filter(ProcessTest::isRedis).findFirst(), Optional::isPresent)
                .orElseThrow();

        process.destroy();

        await().until(() -> !redis.isAlive());
        assertThat(process.waitFor()).isEqualTo(ENDED_BY_SIGTERM);
    }

    private static boolean isRedis(ProcessHandle process) {
        return process.info()
                .command()
                .filter(path -> path.contains("redis-server"))
                .isPresent();
    }

    /** A command as the launcher starts it; its output and its errors are one stream. */
    private static ProcessBuilder command(String arguments) throws IOException {
        return new ProcessBuilder(ScalerProcess.command(List.of(), List.of(arguments.split(" ", -1))))
                .redirectErrorStream(true);
    }

    @Test
    void nothingThatItSaysHoldsASecret() throws Exception {
        var ofFile = "file-5ecret-of-default";
        var ofUrl = "url-5ecret-of-acl-user";
        var wrong = "wrong-5ecret-of-nobody";
        var session = "5e55ion-id";
        var value = "session-5ecret-in-value";
        TestCertificates certificates = TestCertificates.in(directory).issue("server");
        List<String> key = linesOf(certificates.key("server"));
        Path passwordFile = Files.writeString(directory.resolve("password"), ofFile);
        List<String> said = new ArrayList<>();
        try (var redis = RedisServer.start();
                var proxy = TcpProxy.to(redis.port())) {
            try (Jedis jedis = redis.connect()) {
                jedis.aclSetUser("scaler", "on", ">" + ofUrl, "~*", "&*", "+@all");
                IntStream.range(0, 50).forEach(i -> jedis.set("session:" + session + i, value));
                jedis.set("target", value);
                jedis.configSet("requirepass", ofFile);
            }
            String connections = """
                connections:
                  default: {address: "127.0.0.1:%d", passwordFile: "%s"}
                  url: {url: "redis://scaler:%s@127.0.0.1:%d"}
                  wrong: {address: "127.0.0.1:%d", username: scaler, password: "%s"}
                  sentinel: {sentinel: {master: main, nodes: ["127.0.0.1:%d"], password: "%s"}}
                """.formatted(
                            proxy.port(), passwordFile, ofUrl, proxy.port(), redis.port(), wrong, redis.port(), wrong);
            Path configuration = Files.writeString(directory.resolve("config.yaml"), connections);
            try (var scaler = ScalerProcess.start(
                    directory,
                    Map.of(
                            "CONFIG_FILE", configuration.toString(),
                            "LOG_LEVEL", "trace",
                            "ANSWER_TIMEOUT", "5s",
                            "GRPC_TLS_CERT_FILE",
                                    certificates.certificate("server").toString(),
                            "GRPC_TLS_KEY_FILE", certificates.key("server").toString()))) {
                ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                                "127.0.0.1",
                                scaler.grpcPort(),
                                TlsChannelCredentials.newBuilder()
                                        .trustManager(certificates.authority().toFile())
                                        .build())
                        .build();
                askEverything(channel, said);
                said.add(scaler.get("/metrics"));
                said.add(scaler.get("/"));
                said.add(scaler.get("/api/status"));

                Files.writeString(passwordFile, wrong);
                proxy.cut();
                askEverything(channel, said);
                said.add(scaler.get("/api/status"));
                Files.writeString(passwordFile, ofFile);

                Files.writeString(configuration, connections + "  broken: {password: [" + wrong + "\n");
                await().until(() -> scaler.output().contains("Invalid configuration"));
                Files.writeString(configuration, connections + "  added: {address: \"127.0.0.1:1\"}\n");
                await().until(() -> scaler.output().contains("Configuration reloaded"));

                Files.writeString(certificates.key("server"), "-----BEGIN PRIVATE KEY-----\n" + wrong + "\n");
                await().until(() -> scaler.get("/metrics").contains("grpc_certificate_refused 1"));
                redis.kill();
                askEverything(channel, said);
                said.add(scaler.get("/metrics"));
                said.add(scaler.get("/api/status"));
                channel.shutdownNow();

                scaler.terminate();
                scaler.awaitEnd();
                said.add(scaler.output());
            }
        }

        String everything = String.join("\n", said);
        assertThat(everything)
                .contains("WRONGPASS", "UNREACHABLE", "Invalid configuration", "sessionSizeKey", "INVALID_ARGUMENT")
                .doesNotContain(ofFile, ofUrl, wrong, session, value);
        assertThat(key).isNotEmpty().noneMatch(everything::contains);
    }

    /** Asks all connections for all ways to count, and for nonsense, and writes down what is answered. */
    private static void askEverything(ManagedChannel channel, List<String> said) {
        for (String connection : List.of("default", "url", "wrong", "sentinel", "nowhere")) {
            for (Map<String, String> counted : List.<Map<String, String>>of(
                    Map.of("sessionSizeKey", "target", "wholeReplicas", "true"),
                    Map.of("keyPattern", "session:*"),
                    Map.of("preset", "express"),
                    Map.of("key", "target"),
                    Map.of("sessionSize", "many"))) {
                ScaledObjectRef ref = RunningScaler.ref(counted).toBuilder()
                        .putScalerMetadata("connection", connection)
                        .putScalerMetadata("onUnavailable", "error")
                        .build();
                var scaler = ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(1, TimeUnit.MINUTES);
                Stream.<Runnable>of(
                                () -> said.add(scaler.getMetricSpec(ref).toString()),
                                () -> said.add(scaler.isActive(ref).toString()),
                                () -> said.add(scaler.getMetrics(GetMetricsRequest.newBuilder()
                                                .setScaledObjectRef(ref)
                                                .build())
                                        .toString()))
                        .forEach(call -> {
                            try {
                                call.run();
                            } catch (StatusRuntimeException e) {
                                said.add(e.getStatus().toString());
                            }
                        });
            }
        }
    }

    /** The lines of a private key. */
    private static List<String> linesOf(Path key) throws IOException {
        return Files.readAllLines(key).stream()
                .filter(line -> !line.startsWith("-----"))
                .toList();
    }
}
