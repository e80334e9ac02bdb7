package io.github.redissessionscaler.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/**
 * The redis-servers that tests can start: the one that the build brings along, what the machine has, and those that the
 * environment variable {@code REDIS_SERVERS} names, as a list of paths like {@code PATH}.
 */
public final class RedisBinaries {

    private static final String ALONG = unpack();

    private RedisBinaries() {}

    /** What tests start that do not care: the machine's own, since it knows TLS, else the one that comes along. */
    public static String standard() {
        return onPath("redis-server").orElse(ALONG);
    }

    /** The 7 of 7.0.15, for the server that {@link #standard} names. */
    static int standardMajorVersion() {
        Matcher version = Pattern.compile(" v=(\\d+)\\.").matcher(version(standard()));
        if (!version.find()) {
            throw new IllegalStateException(standard() + " does not print its version");
        }
        return Integer.parseInt(version.group(1));
    }

    /**
     * Every redis-server and valkey-server to be found, at least one.
     *
     * @throws IllegalStateException if REDIS_SERVERS names what cannot be started
     */
    public static List<String> all() {
        return Stream.of(
                        Stream.of(ALONG),
                        Stream.of("redis-server", "valkey-server").flatMap(name -> onPath(name).stream()),
                        paths("REDIS_SERVERS").peek(RedisBinaries::requireExecutable))
                .flatMap(binaries -> binaries)
                .distinct()
                .toList();
    }

    /** Those whose clusters can have several databases: Valkey since 9.0. */
    public static List<String> withClusterDatabases() {
        return all().stream()
                .filter(binary -> Pattern.compile("(?i)valkey.* v=(9|\\d\\d)\\.")
                        .matcher(version(binary))
                        .find())
                .toList();
    }

    /** The module RedisJSON for {@link #standard}, if the environment variable {@code REDIS_JSON_MODULE} names it. */
    public static Optional<String> jsonModule() {
        return Optional.ofNullable(System.getenv("REDIS_JSON_MODULE")).filter(path -> !path.isEmpty());
    }

    private static String version(String binary) {
        try {
            Process process = new ProcessBuilder(binary, "--version").start();
            return new String(process.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireExecutable(String binary) {
        if (!Files.isExecutable(Path.of(binary))) {
            throw new IllegalStateException("REDIS_SERVERS names " + binary + ", which cannot be started");
        }
    }

    private static Stream<String> paths(String variable) {
        return Stream.of(System.getenv().getOrDefault(variable, "").split(Pattern.quote(File.pathSeparator), -1))
                .filter(path -> !path.isEmpty());
    }

    private static Optional<String> onPath(String name) {
        return paths("PATH")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static String unpack() {
        try {
            Path directory = Files.createTempDirectory("redis-binary-");
            String binary = ExecutableProvider.newJarResourceProvider(directory.toFile())
                    .get()
                    .toString();
            new File(binary).deleteOnExit();
            directory.toFile().deleteOnExit();
            return binary;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
