package io.github.redissessionscaler.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;

/** A redis-server process on loopback with a directory of its own and no persistence. */
public final class RedisServer implements AutoCloseable {

    private final String binary;
    private final int port;
    private final Optional<Path> configuration;
    private final List<String> options;
    private final Path directory;
    private Process process;

    private RedisServer(String binary, int port, Optional<Path> configuration, List<String> options) {
        this.binary = binary;
        this.configuration = configuration;
        this.port = port;
        this.options = List.copyOf(options);
        try {
            directory = Files.createTempDirectory("redis-server-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = launch();
    }

    /** Starts the default redis-server on a free port and waits until it answers; options as on its command line. */
    public static RedisServer start(String... options) {
        return startBinary(RedisBinaries.standard(), options);
    }

    /** The same with DEBUG, which newer servers allow only if they are configured so. */
    public static RedisServer startWithDebug(String... options) {
        var all = new ArrayList<>(List.of(options));
        if (RedisBinaries.standardMajorVersion() >= 7) {
            all.addAll(List.of("--enable-debug-command", "yes"));
        }
        return start(all.toArray(String[]::new));
    }

    /** The same with a redis-server of the test's choice. */
    public static RedisServer startBinary(String binary, String... options) {
        var server = new RedisServer(binary, Ports.free(), Optional.empty(), List.of(options));
        server.awaitAnswer();
        return server;
    }

    /** Starts a sentinel with this configuration file, which it rewrites. */
    static RedisServer startSentinel(Path configuration) {
        var server = new RedisServer(
                RedisBinaries.standard(), Ports.free(), Optional.of(configuration), List.of("--sentinel"));
        server.awaitAnswer();
        return server;
    }

    public int port() {
        return port;
    }

    /** The port that it was started with for TLS. */
    public int tlsPort() {
        return Integer.parseInt(options.get(options.indexOf("--tls-port") + 1));
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** A connection of the test's own. */
    public Jedis connect() {
        return new Jedis("127.0.0.1", port);
    }

    /** How often a command, in lower case, was called since the server started. */
    public long calls(String command) {
        try (Jedis jedis = connect()) {
            return jedis.info("commandstats")
                    .lines()
                    .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
                    .map(line -> line.replaceFirst(".*?calls=(\\d+).*", "$1"))
                    .mapToLong(Long::parseLong)
                    .sum();
        }
    }

    /** SIGSTOP: connections stay open and nothing is answered. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** SIGKILL, and waits for the end. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL after its data were written to its disk, so that {@link #restart} finds them. */
    public void killSaved() {
        try (Jedis jedis = connect()) {
            jedis.save();
        }
        kill();
    }

    /** Starts it again on the same port after {@link #kill}, empty unless its data were saved. */
    public void restart() {
        process = launch();
        awaitAnswer();
    }

    @Override
    public void close() {
        kill();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() {
        var command = new ArrayList<>(List.of(binary));
        configuration.map(Path::toString).ifPresent(command::add);
        command.addAll(List.of(
                "--port", String.valueOf(port), "--bind", "127.0.0.1", "--save", "", "--dir", directory.toString()));
        command.addAll(options);
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitAnswer() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(() -> !process.isAlive() || answers());
        if (!process.isAlive()) {
            throw new IllegalStateException(binary + " exited immediately: " + log());
        }
    }

    private boolean answers() {
        try (var jedis = connect()) {
            return jedis.ping().equals("PONG");
        }
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
