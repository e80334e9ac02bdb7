package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every error says what is wrong with which value, where, and how to fix it, in one line and without the words of a library. */
final class MessagesTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GRPC_PORT=70000 | GRPC_PORT: '70000' is not a port from 0 to 65535",
                "ANSWER_TIMEOUT=99999h | ANSWER_TIMEOUT: '99999h' is not a duration such as 500ms, 90s, 30m or 1h30m,"
                        + " from 10ms to 1h",
                "ANSWER_TIMEOUT=2 | ANSWER_TIMEOUT: '2' is not a duration such as 500ms, 90s, 30m or 1h30m, from 10ms"
                        + " to 1h; add a unit: 2s for seconds or 2m for minutes",
                "KEEPALIVE=0 | KEEPALIVE: '0' is not a duration such as 500ms, 90s, 30m or 1h30m, from 1s to 1d",
                "OUTAGE_GRACE=0 | OUTAGE_GRACE: '0' is not a duration such as 500ms, 90s, 30m or 1h30m, from 0s to 7d;"
                        + " add a unit: 0s",
                "CONFIG_FILE=none.yaml | CONFIG_FILE: 'none.yaml' cannot be read: no such file",
                "CONFIG_FILE=hunter2 | CONFIG_FILE: the value (not shown, since it may contain a password) cannot be"
                        + " read: no such file",
                "KEEPALIVE=1ms | KEEPALIVE: '1ms' is not a duration such as 500ms, 90s, 30m or 1h30m, from 1s to 1d",
                "OUTAGE_GRACE=-1s | OUTAGE_GRACE: '-1s' is not a duration such as 500ms, 90s, 30m or 1h30m, from 0s to"
                        + " 7d",
                "PUSH_POLL_MIN=10s | PUSH_POLL_MIN: is 10s, which is more than PUSH_POLL_MAX, 5s; give the shorter one"
                        + " first",
                "MANAGEMENT_PORT=6000 | MANAGEMENT_PORT: is 6000, and so is GRPC_PORT; give each a port of its own",
                "LISTEN_ADDRESS=a b | LISTEN_ADDRESS: the value (not shown, since it may contain a password) is"
                        + " not a host name or address",
                "REDIS_ADRESS=redis | REDIS_ADDRESS: is not set, and nothing else names a Redis: set REDIS_ADDRESS to"
                        + " host:port, or REDIS_URL, or a connection in the file that CONFIG_FILE names, or start with"
                        + " --embedded-redis; REDIS_ADRESS is set: did you mean REDIS_ADDRESS?",
                "CONFIG_FILE=/no/such/file.yaml | CONFIG_FILE: '/no/such/file.yaml' cannot be read: no such file",
                "CONFIG_FILE=/ | CONFIG_FILE: '/' cannot be read: it is a directory",
                "REDIS_ADDRESS=redis:99999 | REDIS_ADDRESS: has the port 99999, which is not from 1 to 65535; write"
                        + " host:port, such as redis:6379",
                "REDIS_ADDRESS=redis://redis | REDIS_ADDRESS: is a URL; give it as REDIS_URL",
                "REDIS_ADDRESS=::1:6379 | REDIS_ADDRESS: is not host:port; write host:port, such as redis:6379; write"
                        + " an IPv6 address in brackets, [::1]:6379",
                "REDIS_ADDRESS=h:6380,password=x,ssl=True | REDIS_ADDRESS: is a connection string in Azure's form; it"
                        + " is not shown, since it contains a password; write REDIS_URL=rediss://h:6380, and give the"
                        + " password as REDIS_PASSWORD or REDIS_PASSWORD_FILE",
            })
    void anEnvironment(String variable, String message) {
        String[] parts = variable.split("=", 2);
        Map<String, String> environment = parts[0].startsWith("REDIS")
                ? Map.of(parts[0], parts[1])
                : Map.of("REDIS_ADDRESS", "redis", parts[0], parts[1]);

        assertThat(problems(environment)).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | CONFIG_FILE: FILE is empty; add connections: {default: {address: host:port}}, or set"
                        + " REDIS_ADDRESS or REDIS_URL",
                "`# nothing` | CONFIG_FILE: FILE is empty; add connections: {default: {address: host:port}}, or set"
                        + " REDIS_ADDRESS or REDIS_URL",
                "grpcPort: 1 | CONFIG_FILE: FILE configures no Redis; add connections: {default: {address:"
                        + " host:port}}, or set REDIS_ADDRESS or REDIS_URL",
                "just text | CONFIG_FILE: FILE is not a mapping of keys to values; it begins, for example, with the"
                        + " line connections:",
                "`a: b: c` | CONFIG_FILE: FILE is not YAML at line 1, column 5: a second colon in a value; put the"
                        + " value in quotes; the line is not shown, since it may contain a password",
                "`a: [b` | CONFIG_FILE: FILE is not YAML at line 1, column 6: a list that is not closed; add ]; the"
                        + " line is not shown, since it may contain a password",
                "`a: {b: c` | CONFIG_FILE: FILE is not YAML at line 1, column 9: a mapping in braces that is not"
                        + " closed; add }; the line is not shown, since it may contain a password",
                "`grpcPort: 1\nkeepalive: 1s\ngrpcPort: 2` | CONFIG_FILE: FILE has the key grpcPort twice at line 3,"
                        + " column 1; keep one of them",
                "`a: *b` | CONFIG_FILE: FILE is not YAML at line 1, column 4: a value that begins with *; put it in"
                        + " quotes; the line is not shown, since it may contain a password",
                "`a: @b` | CONFIG_FILE: FILE is not YAML at line 1, column 4: a value that begins with a character of"
                    + " YAML's own, such as @, ` or %; put it in quotes; the line is not shown, since it may contain a"
                    + " password",
                "connections: redis:6379 | connections: is not a mapping of keys to values; write each as key: value,"
                        + " indented below connections",
                "connections: {default: {addres: r}} | connections.default.address: is missing; give it, or url,"
                        + " unixSocket, sentinel or cluster; connections.default.addres: is not known; did you mean"
                        + " 'address'?",
            })
    void aConfigurationFile(String content, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("config.yaml"), content);

        assertThat(problems(Map.of("CONFIG_FILE", file.toString())))
                .isEqualTo(message.replaceAll("FILE (is|has|configures)", "'" + file + "' $1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "check --scalar x | check: --scalar: is not an option of check; did you mean '--scaler'?; see check"
                        + " --help",
                "check --timeout x | check: --timeout: 'x' is not a whole number; see check --help",
                "check --output xml | check: --output: 'xml' is not one of text, json; see check --help",
                "check --metadata | check: --metadata: requires a value; give --metadata=KEY=VALUE; see check --help",
                "check --scaler a:1 --scaler b:2 | check: --scaler: is set twice; keep one of them; see check --help",
                "serve --embedded-redis-port 7000 | serve: --embedded-redis-port: requires --embedded-redis",
                "serve --config none.yaml | serve: --config: 'none.yaml' cannot be read: no such file",
                "check --config none.yaml | check: --config: 'none.yaml' cannot be read: no such file",
                "serve --embedded-redis-port x | serve: --embedded-redis-port: 'x' is not a whole number; see serve"
                        + " --help",
                "demo --port 70000 | demo: --port: 70000 is not a port from 0 to 65535",
                "check --redis h --scaler h | check: --scaler: is for a scaler, so it cannot be combined with --redis"
                        + " or --config",
                "check --config c --ca-file f | check: --ca-file: is for a scaler, so it cannot be combined with"
                        + " --redis or --config",
                "check --redis h --tls | check: --tls: is for a scaler; for TLS with Redis, give --redis"
                        + " rediss://HOST:PORT",
                "check --progress | check: --progress: requires --redis or --config",
                "check --print-scaledobject --output json | check: --output: cannot be combined with"
                        + " --print-scaledobject, which is always YAML",
                "check --metadata x | check: --metadata: number 1 is not KEY=VALUE, such as sessionSize=50",
                "check --metadata sessionSize=1 --metadata sessionSize=2 | check: --metadata: sessionSize is set"
                        + " twice; keep one of them",
                "check --scaler no:port | check: --scaler: is not HOST:PORT, such as 127.0.0.1:6000; it is not shown,"
                        + " since it may contain a password",
                "check --redis redis:port | check: --redis: is not host:port; it is not shown, since it may contain a"
                        + " password; write host:port, such as redis:6379",
                "check --ca-file /no/such/file | check: --ca-file, --cert-file, --key-file: one of them cannot be"
                        + " used: no such file",
                "chekc | redis-session-scaler: chekc: is not a command; did you mean 'check'?; see"
                        + " redis-session-scaler --help",
                "serv | redis-session-scaler: serv: is not a command; did you mean 'serve'?; see redis-session-scaler"
                        + " --help",
                "--verison | redis-session-scaler: --verison: is not an option of redis-session-scaler; did you mean"
                        + " '--version'?; see redis-session-scaler --help",
                "--stacktrace | redis-session-scaler: a command is missing; the commands are serve, check, simulate,"
                        + " demo; see redis-session-scaler --help",
                "simulate | simulate: --from: is missing; give --from or --prometheus",
            })
    void aCommandLine(String line, String message) {
        CommandRun run = CommandRun.of(line.split(" ", -1));

        assertThat(run.err().strip()).isEqualTo(message);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    /** Each on a line of its own, under the name that the user gave: an option, or a key of the file. */
    @Test
    void severalProblems() throws IOException {
        Path file = Files.writeString(
                directory.resolve("config.yaml"), "heartbeat: 5\nconnections: {default: {adress: redis}}");

        CommandRun run = CommandRun.of("serve", "--config", file.toString(), "--grpc-port", "x");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().lines())
                .containsExactly(
                        "serve: --grpc-port: 'x' is not a port from 0 to 65535",
                        "serve: heartbeat: '5' is not a duration such as 500ms, 90s, 30m or 1h30m, from 10ms to 1d; add"
                                + " a unit: 5s for seconds or 5m for minutes",
                        "serve: connections.default.address: is missing; give it, or url, unixSocket, sentinel or"
                                + " cluster",
                        "serve: connections.default.adress: is not known; did you mean 'address'?");
    }

    @Test
    void aPortThatIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var redis = RedisServer.start()) {
            String port = String.valueOf(taken.getLocalPort());
            Path file = Files.writeString(
                    directory.resolve("config.yaml"),
                    "listenAddress: 127.0.0.1\nconnections: {default: {address: " + redis.address() + "}}");

            for (List<String> ports : List.of(List.of(port, "0", "GRPC_PORT"), List.of("0", port, "MANAGEMENT_PORT"))) {
                CommandRun run = CommandRun.of(
                        "serve",
                        "--config",
                        file.toString(),
                        "--grpc-port",
                        ports.get(0),
                        "--management-port",
                        ports.get(1));
                assertThat(run.status()).isEqualTo(1);
                assertThat(run.err())
                        .contains("serve: " + ports.get(2) + ": cannot listen on 127.0.0.1:" + port
                                + ": the port is already in use");
            }
            CommandRun embedded = CommandRun.of("serve", "--embedded-redis", "--embedded-redis-port", port);
            assertThat(embedded.status()).isEqualTo(1);
            assertThat(embedded.err())
                    .contains("port " + port + " cannot be used: the port is already in use; choose another");
        }
    }

    @Test
    void sessionsForARedisThatIsNotEmbedded() {
        assertThat(CommandRun.of("serve", "--sessions", "101").err()).contains("--sessions: requires --embedded-redis");
        assertThat(CommandRun.of("serve", "--embedded-redis", "--sessions", "0").err())
                .contains("--sessions: 0 is not a whole number from 1 to 1000000");
    }

    @Test
    void aScalerThatIsNotThere() {
        String address = "127.0.0.1:" + Ports.free();

        CommandRun run = CommandRun.of("check", "--scaler", address);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().strip())
                .isEqualTo("check: the scaler at " + address + " cannot be reached: connection refused");
    }

    private static String problems(Map<String, String> environment) {
        InvalidInputException failure =
                catchThrowableOfType(InvalidInputException.class, () -> ConfigLoader.load(environment));
        return String.valueOf(failure.getMessage());
    }
}
