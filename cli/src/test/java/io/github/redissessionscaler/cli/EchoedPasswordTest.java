package io.github.redissessionscaler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.slf4j.LoggerFactory;

/** A server that repeats the password in its errors, in each form, does not make the scaler show it anywhere. */
final class EchoedPasswordTest {

    private static final String PASSWORD = "Pl4nt3d/S3cr3t+é";

    private static final String URL = URLEncoder.encode(PASSWORD, UTF_8);

    static final List<String> FORMS = List.of(
            PASSWORD,
            PASSWORD.toUpperCase(Locale.ROOT),
            PASSWORD.toLowerCase(Locale.ROOT),
            HexFormat.of().formatHex(PASSWORD.getBytes(UTF_8)),
            HexFormat.ofDelimiter(" ").withUpperCase().formatHex(PASSWORD.getBytes(UTF_8)),
            "redis://scaler:" + URL + "@redis:6379/0",
            "redis://scaler:" + URL.toLowerCase(Locale.ROOT) + "@redis:6379/0",
            Base64.getEncoder().encodeToString(PASSWORD.getBytes(UTF_8)),
            Base64.getUrlEncoder().encodeToString(("scaler:" + PASSWORD).getBytes(UTF_8)));

    /** Forms that only the reply to AUTH hides, because nothing of it is shown. */
    static final List<String> OTHER_FORMS = List.of(
            new StringBuilder(PASSWORD).reverse().toString(),
            String.join(" ", PASSWORD.split("")),
            PASSWORD.substring(0, 9));

    @TempDir
    private Path directory;

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getFormattedMessage()
                    + event.getKeyValuePairs()
                    + (event.getThrowableProxy() == null
                            ? ""
                            : ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
    };

    @BeforeEach
    void listen() {
        Logging.use(LogFormat.TEXT, "debug");
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopListening() {
        root.detachAppender(appender);
    }

    @AfterAll
    static void logAsBefore() {
        Logging.use(LogFormat.TEXT, "warn");
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void inTheAnswerToAuth(String form) throws IOException {
        assertNothingShows(form, "the reply to AUTH is not shown", "AUTH");
    }

    @ParameterizedTest
    @FieldSource("OTHER_FORMS")
    void inTheAnswerToAuthInAnyOtherForm(String form) throws IOException {
        assertNothingShows(form, "the reply to AUTH is not shown", "AUTH");
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void inTheAnswerToLaterCommands(String form) throws IOException {
        assertNothingShows(form, "you said", "DBSIZE", "TYPE", "SCAN", "PSUBSCRIBE", "INFO", "CONFIG", "ROLE");
    }

    private void assertNothingShows(String form, String said, String... commands) throws IOException {
        byte[] error = ("-ERR you said '" + form + "', I say no\r\n").getBytes(UTF_8);
        byte[] ok = "+OK\r\n".getBytes(UTF_8);
        Path file = Files.writeString(directory.resolve("password"), PASSWORD);
        try (var redis = ScriptedRedis.answering(
                        command -> List.of(commands).contains(command.getFirst()) ? error : ok);
                var scaler = RunningScaler.with(Map.of(
                        "REDIS_ADDRESS",
                        "127.0.0.1:" + redis.port(),
                        "REDIS_USERNAME",
                        "scaler",
                        "REDIS_PASSWORD_FILE",
                        file.toString()))) {
            StatusRuntimeException status = catchThrowableOfType(
                    StatusRuntimeException.class, () -> scaler.metric(Map.of("onUnavailable", "error")));
            for (Map<String, String> trigger :
                    List.of(Map.<String, String>of(), Map.of("key", "k"), Map.of("activeKey", "k"))) {
                var _ = catchThrowableOfType(StatusRuntimeException.class, () -> scaler.metric(trigger));
                var _ = catchThrowableOfType(StatusRuntimeException.class, () -> scaler.isActive(trigger));
            }
            await().until(() -> scaler.get("/api/status").body().contains(said));
            String address = "redis://scaler:" + URL.replace("+", "%20") + "@127.0.0.1:" + redis.port();
            CommandRun text = CommandRun.of("check", "--redis", address);
            CommandRun json = CommandRun.of("check", "--redis", address, "--output", "json");

            assertThat(status).hasMessageContaining(said);
            assertThat(text.status()).isEqualTo(1);
            assertThat(text.out()).contains(said);
            assertThat(Stream.concat(
                            logged.stream(),
                            Stream.of(
                                    String.valueOf(status.getMessage()),
                                    scaler.get("/").body(),
                                    scaler.get("/api/status").body(),
                                    scaler.scrape(),
                                    text.out() + text.err(),
                                    json.out() + json.err())))
                    .allSatisfy(shown -> assertThat(shown)
                            .doesNotContain(form, form.replace("é", "\\xc3\\xa9"))
                            .doesNotContainIgnoringCase("Pl4nt3d")
                            .doesNotContainIgnoringCase("506c346e743364"));
            assertThat(logged).anySatisfy(line -> assertThat(line).contains(said));
        }
    }
}
