package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.trigger.MetadataKey;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret, planted into every setting in every form that people write, is in nothing that the program says. */
final class SecretsTest {

    private static final String SECRET = "pl4nt3d-S3cr3t";

    @TempDir
    private Path directory;

    @AfterAll
    static void logAsBefore() {
        Logging.use(LogFormat.TEXT, "warn");
    }

    /** Forms with a secret in them, right ones and wrong ones. */
    static Stream<String> forms() {
        return Stream.of(
                        "host:6380,password=SECRET,ssl=True",
                        "host:6380,password=SECRET,ssl=True,abortConnect=False",
                        "host:6380, Password = SECRET",
                        "password=SECRET,host:6380",
                        "host;password=SECRET",
                        "host:6380,password=a,SECRET:6379,ssl=True",
                        "host:6380,password=a,SECRET.b,ssl=True",
                        "host:6380;password=a;SECRET:1",
                        "host:6380,password=a=,SECRET:6379",
                        "redis://:SECRET@host:port",
                        "redis://user:SECRET@",
                        "redis://user:SE/SECRET@host:6379",
                        "redis://user:SECRET@x@host",
                        "redis://user:SECRET%zz@host",
                        "redis://SECRET@host:99999999999",
                        "redis:/user:SECRET@host",
                        "rediss//user:SECRET@host",
                        "http://user:SECRET@host",
                        "redis-sentinel://user:SECRET@host",
                        "redis://host?password=SECRET",
                        "user:SECRET@host:6379",
                        ":SECRET@host",
                        "host:6379:SECRET",
                        "host:SECRET",
                        "host 6379 SECRET",
                        "[SECRET]:6379",
                        "-----BEGIN PRIVATE KEY-----SECRET",
                        "{\"password\": \"SECRET\"}")
                .map(form -> form.replace("SECRET", SECRET));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void theEnvironment(String form) {
        Stream<String> names = Stream.concat(
                Stream.of("REDIS_ADDRESS", "REDIS_URL", "REDIS_USERNAME", "REDIS_PASSWORD_FILE", "CONFIG_FILE"),
                Stream.of(Setting.values()).map(Setting::name));

        assertThat(names).allSatisfy(name -> {
            Map<String, String> environment = name.equals("REDIS_ADDRESS") || name.equals("REDIS_URL")
                    ? Map.of(name, form)
                    : Map.of("REDIS_ADDRESS", "redis", name, form);
            assertThat(said(environment)).doesNotContain(SECRET);
        });
    }

    @ParameterizedTest
    @MethodSource("forms")
    void theConfigurationFile(String form) throws IOException {
        String quoted = "'" + form.replace("'", "''") + "'";
        List<String> files = new ArrayList<>();
        for (String value :
                List.of(form, quoted, "\"" + form, "[" + quoted + "]", "{" + form + "}", "!x " + form, "*" + form)) {
            Stream.of(Setting.values()).forEach(setting -> files.add(setting.path() + ": " + value));
            for (String key : List.of(
                    "address",
                    "url",
                    "unixSocket",
                    "username",
                    "password",
                    "passwordFile",
                    "database",
                    "namespaces",
                    "sentinel",
                    "cluster",
                    "tls",
                    "pasword",
                    "x")) {
                files.add("connections: {default: {" + key + ": " + value + "}}");
                files.add("connections:\n  default:\n    " + key + ": " + value);
                files.add("connections:\n  default:\n    " + key + value);
                files.add("connections:\n  default:\n   address: redis\n   " + key + ": " + value);
            }
            files.add("connections: {default: {cluster: {nodes: " + value + "}}}");
            files.add("connections: {default: {cluster: {nodes: [" + value + "]}}}");
            files.add("connections: {default: {sentinel: {master: m, nodes: " + value + "}}}");
            files.add("connections: {default: {sentinel: {nodes: [s], master: m, password: " + value + "}}}");
            files.add("connections: {default: {address: redis, tls: {verifyHostname: " + value + ", caFile: " + value
                    + "}}}");
            files.add("connections: {default: " + value + "}");
            files.add("connections: " + value);
            files.add(value);
        }
        Path file = directory.resolve("config.yaml");

        for (String content : files) {
            Files.writeString(file, content);
            assertThat(said(Map.of("CONFIG_FILE", file.toString()))).as(content).doesNotContain(SECRET);
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void theCommandLine(String form) {
        assertThat(List.of(
                        List.of("check", "--redis", form),
                        List.of("check", "--redis=" + form),
                        List.of("check", "--rediss=" + form),
                        List.of("check", form),
                        List.of(form),
                        List.of("check", "--scaler", form),
                        List.of("check", "--config", form),
                        List.of("check", "--timeout", form),
                        List.of("check", "--output", form),
                        List.of("check", "--metadata", form, "--metadata", form),
                        List.of("check", "--redis", "127.0.0.1:1", "--redis", form),
                        List.of("serve", "--config", form),
                        List.of("serve", "--grpc-port", form),
                        List.of("serve", form)))
                .allSatisfy(line -> {
                    CommandRun run = CommandRun.of(line.toArray(String[]::new));
                    assertThat(run.status()).isPositive();
                    assertThat(run.out() + run.err()).doesNotContain(SECRET);
                });
    }

    /** Metadata takes no address: what has the form of a credential is not shown, and other values are. */
    static Stream<String> credentials() {
        return forms().filter(form -> form.contains("@")
                || form.contains("=")
                || form.contains("//")
                || form.contains("password")
                || form.contains("-----"));
    }

    @ParameterizedTest
    @MethodSource("credentials")
    void theMetadata(String form) {
        assertThat(Stream.of(MetadataKey.values()).filter(key -> !NAMES.contains(key)))
                .allSatisfy(key -> {
                    assertThat(saidOf(Map.of(key.text(), form))).doesNotContain(SECRET);
                    assertThat(saidOf(Map.of(form, "x"))).doesNotContain(SECRET);
                    assertThat(saidOf(Map.of("redisPassword", form))).doesNotContain(SECRET);
                });
    }

    /** What these are is shown wherever the trigger is. */
    private static final List<MetadataKey> NAMES = List.of(
            MetadataKey.METRIC_NAME,
            MetadataKey.KEY,
            MetadataKey.KEY_PATTERN,
            MetadataKey.EXCLUDE_PATTERN,
            MetadataKey.ACTIVE_KEY,
            MetadataKey.SESSION_SIZE_KEY);

    @Test
    void aRunningScalerShowsNoneOfItsPasswords() throws IOException {
        try (var redis = RedisServer.start()) {
            try (var jedis = redis.connect()) {
                jedis.aclSetUser("scaler", "reset", "on", ">" + SECRET, "+ping");
            }
            Path wrong = Files.writeString(directory.resolve("wrong"), SECRET + "-wrong");
            Path config = Files.writeString(
                    directory.resolve("config.yaml"), """
                        connections:
                          default: {url: "redis://scaler:%s@%s"}
                          wrong: {address: "%s", username: scaler, passwordFile: "%s"}
                        """.formatted(SECRET, redis.address(), redis.address(), wrong));
            try (var scaler = RunningScaler.with(Map.of("CONFIG_FILE", config.toString()))) {
                for (Map<String, String> trigger : List.of(
                        Map.<String, String>of(),
                        Map.of("connection", "wrong"),
                        Map.of("keyPattern", "session:*"),
                        Map.of("connection", "wrong", "keyPattern", "session:*"))) {
                    scaler.metric(trigger);
                    scaler.isActive(trigger);
                }
                assertThat(scaler.scrape()
                                + scaler.get("/").body()
                                + scaler.get("/api/status").body())
                        .contains("WRONGPASS")
                        .doesNotContain(SECRET);
            }
        }
    }

    private static String said(Map<String, String> environment) {
        try {
            return String.valueOf(ConfigLoader.load(environment).logLevel());
        } catch (InvalidInputException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String saidOf(Map<String, String> metadata) {
        try {
            return TriggerParser.parse(metadata).metricName();
        } catch (InvalidInputException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
