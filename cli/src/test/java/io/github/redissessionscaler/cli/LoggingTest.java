package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The log as it reaches standard error. */
final class LoggingTest {

    private static final String LOGGER = "io.github.redissessionscaler.test";

    private final PrintStream original = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @AfterEach
    void restore() {
        System.setErr(original);
        Logging.use(LogFormat.TEXT, "warn");
    }

    @Test
    void jsonIsOneObjectALineWithItsPairs() {
        use(LogFormat.JSON, "info");

        LoggerFactory.getLogger(LOGGER)
                .atInfo()
                .addKeyValue("connection", "default")
                .addKeyValue("keys", 7)
                .addKeyValue("tls", true)
                .log("line {}\nbroken", 1);

        JsonObject line =
                JsonParser.parseString(written.toString(StandardCharsets.UTF_8)).getAsJsonObject();
        assertThat(line.keySet()).containsExactly("time", "level", "logger", "message", "connection", "keys", "tls");
        assertThat(line.get("time").getAsString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(line.get("message").getAsString()).isEqualTo("line 1\nbroken");
        assertThat(line.get("level").getAsString()).isEqualTo("INFO");
        assertThat(line.get("logger").getAsString()).isEqualTo(LOGGER);
        assertThat(line.get("connection").getAsString()).isEqualTo("default");
        assertThat(line.get("keys").getAsLong()).isEqualTo(7);
        assertThat(line.get("tls").getAsBoolean()).isTrue();
        assertThat(written.toString(StandardCharsets.UTF_8).strip().lines()).hasSize(1);
    }

    @Test
    void jsonHasTheStackTraceInAField() {
        use(LogFormat.JSON, "info");

        LoggerFactory.getLogger(LOGGER).error("it fails", new IllegalStateException("why"));

        JsonObject line =
                JsonParser.parseString(written.toString(StandardCharsets.UTF_8)).getAsJsonObject();
        assertThat(line.get("exception").getAsString())
                .startsWith("java.lang.IllegalStateException: why")
                .contains("LoggingTest");
    }

    @ParameterizedTest
    @CsvSource({
        "'logFormat: json\ngrpcPort: x', grpcPort: 'x' is not a port from 0 to 65535",
        "'logFormat: json\nconnections: {default: {address: r}}\nlistenAddress: 256.1.1.1', no such host",
    })
    void anErrorAtTheStartIsJsonToo(String config, String problem, @TempDir Path directory) throws IOException {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        Path file = Files.writeString(directory.resolve("config.yaml"), config);

        CommandRun run = CommandRun.of("serve", "--config", file.toString());

        assertThat(run.status()).isNotZero();
        assertThat(run.out() + run.err()).isEmpty();
        assertThat(written.toString(StandardCharsets.UTF_8).strip().lines())
                .singleElement()
                .extracting(line -> JsonParser.parseString(line).getAsJsonObject())
                .satisfies(line -> {
                    assertThat(line.get("level").getAsString()).isEqualTo("ERROR");
                    assertThat(line.get("message").getAsString()).contains(problem);
                });
    }

    @Test
    void textHasLevelMessageAndPairs() {
        use(LogFormat.TEXT, "info");

        LoggerFactory.getLogger(LOGGER)
                .atWarn()
                .addKeyValue("connection", "default")
                .log("it rains");
        LoggerFactory.getLogger(LOGGER).debug("not at this level");

        assertThat(written.toString(StandardCharsets.UTF_8))
                .contains("WARN")
                .contains("it rains")
                .contains("connection=default")
                .doesNotContain("not at this level");
    }

    @Test
    void clientsThatVanishAreNoNews() {
        use(LogFormat.TEXT, "debug");

        Logger.getLogger("io.grpc.netty.NettyServerHandler").log(Level.WARNING, "Stream Error", new IOException());
        Logger.getLogger("io.grpc.netty.AnythingElse").warning("it rains");

        assertThat(written.toString(StandardCharsets.UTF_8))
                .contains("it rains")
                .doesNotContain("Stream Error");
    }

    /** As netty and gRPC do for a client that breaks its connection off, or that sends what is no HTTP/2. */
    @Test
    void whatLibrariesLogAgainAndAgainIsAFewLinesWithoutStackTraces() {
        use(LogFormat.TEXT, "info");
        var cause = new IOException("Connection reset", new IllegalStateException("by\nthe \u202epeer"));

        for (int i = 0; i < 1_000; i++) {
            Logger.getLogger("io.grpc.netty.AnythingElse").log(Level.WARNING, "Transport failed", cause);
            LoggerFactory.getLogger("io.netty.channel.DefaultChannelPipeline")
                    .warn("An exceptionCaught() event", cause);
            LoggerFactory.getLogger("io.netty.bootstrap.ServerBootstrap").error("{} of {} failed", i, "many", cause);
        }

        List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(3 * (LogLimit.MOST + 1));
        assertThat(lines)
                .allSatisfy(line -> assertThat(line).containsPattern("^\\d{4}-.* (WARN|ERROR) "))
                .anySatisfy(line -> assertThat(line)
                        .contains("Transport failed: java.io.IOException: Connection reset")
                        .contains("IllegalStateException: by\\nthe \\u{202e}peer")
                        .contains("logger=io.grpc.netty.AnythingElse"))
                .anySatisfy(
                        line -> assertThat(line).contains("ERROR").contains("7 of many failed: java.io.IOException"));
        assertThat(lines)
                .filteredOn(line -> line.contains("Too many lines of io."))
                .hasSize(3);
    }

    @Test
    void debuggingShowsTheStackTraceOfALibrary() {
        use(LogFormat.TEXT, "debug");

        Logger.getLogger("io.grpc.netty.AnythingElse").log(Level.WARNING, "Transport failed", new IOException("reset"));

        assertThat(written.toString(StandardCharsets.UTF_8))
                .contains("Transport failed")
                .contains("\tat ");
    }

    private void use(LogFormat format, String level) {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        Logging.use(format, level);
    }
}
