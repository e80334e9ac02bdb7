package io.github.redissessionscaler.embedded;

import io.github.redissessionscaler.input.Causes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** A redis-server of our own on loopback, which keeps nothing on disk and sends keyspace events. */
public final class EmbeddedRedis implements AutoCloseable {

    private static final int HIGHEST_PORT = 65_535;
    private static final Duration START_WITHIN = Duration.ofSeconds(20);
    private static final Duration END_WITHIN = Duration.ofSeconds(3);

    private final Path directory;
    private final int port;
    private final Process process;
    private volatile boolean paused;

    private EmbeddedRedis(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /**
     * A server that takes connections. It ends with the JVM, if not before.
     *
     * @param port 0 for any free one
     * @throws UncheckedIOException if there is no redis-server for this machine, or it does not start
     */
    public static EmbeddedRedis start(int port) {
        try {
            if (EmbeddedRedis.class.getResource("/redis/embedded/core/ExecutableProvider.class") == null) {
                throw new IOException("the image contains no redis-server; set REDIS_ADDRESS");
            }
            if (port < 0 || port > HIGHEST_PORT) {
                throw new IOException("its port " + port + " is not from 0 to " + HIGHEST_PORT);
            }
            return port == 0 ? startOnAnyPort() : startOn(usable(port));
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded Redis does not start: " + e.getMessage(), e);
        }
    }

    /** Another program may take the port before the server does. */
    private static EmbeddedRedis startOnAnyPort() throws IOException {
        try {
            return startOn(usable(0));
        } catch (IOException e) {
            return startOn(usable(0));
        }
    }

    private static EmbeddedRedis startOn(int port) throws IOException {
        Path directory = Files.createTempDirectory("embedded-redis-");
        Process process = new ProcessBuilder(
                        binary(directory),
                        "--port",
                        String.valueOf(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        directory.toString(),
                        "--notify-keyspace-events",
                        "AKE")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        var redis = new EmbeddedRedis(directory, port, process);
        Runtime.getRuntime().addShutdownHook(new Thread(redis::close, "ending Redis"));
        redis.awaitConnection();
        return redis;
    }

    /**
     * The redis-server that comes along for this machine, unpacked into the directory; else the name of the one on the
     * {@code PATH}.
     */
    public static String binary(Path directory) {
        try {
            return ExecutableProvider.newJarResourceProvider(directory.toFile())
                    .get()
                    .toString();
        } catch (IOException | RuntimeException e) {
            return "redis-server";
        }
    }

    public int port() {
        return port;
    }

    public ProcessHandle process() {
        return process.toHandle();
    }

    /**
     * Adds sessions: keys {@code session:1} and so on, which end after a day.
     *
     * @param sessions from 1 to 1,000,000
     * @throws UncheckedIOException if the server does not answer
     */
    public void addSessions(int sessions) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) START_WITHIN.toMillis());
            socket.getOutputStream()
                    .write("EVAL \"for i=1,%d do redis.call('SETEX','session:'..i,86400,'x') end\" 0\r\n"
                            .formatted(sessions)
                            .getBytes(StandardCharsets.US_ASCII));
            String reply = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            if (reply == null || reply.startsWith("-")) {
                throw new IOException("the embedded Redis does not take the sessions: " + reply);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Pauses the server as a machine in trouble does: connections stay open, and nothing is answered.
     *
     * @throws UncheckedIOException where processes cannot be paused
     */
    public void pause() {
        paused = true;
        signal("STOP");
    }

    /** Lets it go on. */
    public void resume() {
        paused = false;
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the server and removes what it left. May be called again, by several threads, and while the JVM ends. */
    @Override
    public synchronized void close() {
        if (paused) {
            resume();
        }
        process.destroy();
        try {
            if (!process.waitFor(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        delete(directory);
    }

    private void awaitConnection() throws IOException {
        long giveUp = System.nanoTime() + START_WITHIN.toNanos();
        while (!takesConnections()) {
            if (!process.isAlive() || System.nanoTime() > giveUp) {
                String log = Files.readString(directory.resolve("log"));
                close();
                throw new IOException(
                        log.lines().reduce((first, second) -> second).orElse("it printed nothing"));
            }
        }
    }

    private boolean takesConnections() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("INFO server\r\n".getBytes(StandardCharsets.US_ASCII));
            return isOurs(socket) || moment();
        } catch (IOException e) {
            return moment();
        }
    }

    /** Whether the redis-server that answers is the one that was started, and not another program that took the port. */
    private boolean isOurs(Socket socket) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("process_id:")) {
                return line.strip().equals("process_id:" + process.pid());
            }
        }
        return false;
    }

    /** A moment in which the server may get ready, ended early by its end. Returns false. */
    private boolean moment() {
        try {
            process.waitFor(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // a temporary directory is left to the machine's own clean-up
        }
    }

    /** The port; for 0, a port that is free at this moment. */
    private static int usable(int port) throws IOException {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IOException(
                    "port %d cannot be used: %s; choose another one, or 0 for a free one"
                            .formatted(port, Causes.describe(e)),
                    e);
        }
    }
}
