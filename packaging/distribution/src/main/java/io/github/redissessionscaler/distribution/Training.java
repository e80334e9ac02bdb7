package io.github.redissessionscaler.distribution;

import io.github.redissessionscaler.embedded.EmbeddedRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The run that makes the ahead-of-time cache: a scaler is started, gets the calls of KEDA and requests for the page, and is stopped. What
 * it loaded and linked for that is in the cache. The arguments are the java that the cache is for, the file with its options,
 * the jar, and the cache to write. The libraries in {@code lib} beside the jar are converted ({@link OldClasses}). It runs
 * from its source too, which is how the launcher of a checkout calls it.
 */
final class Training {

    private static final Pattern READY =
            Pattern.compile(".*gRPC on 127\\.0\\.0\\.1:(\\d+), http://127\\.0\\.0\\.1:(\\d+)/.*");

    private Training() {}

    public static void main(String[] args) throws Exception {
        var _ = OldClasses.convertAll(Path.of(args[2]).resolveSibling("lib"));
        make(args[0], Path.of(args[1]), Path.of(args[2]), Path.of(args[3]));
        System.exit(0);
    }

    /**
     * Writes the cache.
     *
     * @throws IOException if the scaler does not start or the JVM writes no cache, with what they said
     */
    static void make(String java, Path options, Path jar, Path cache) throws IOException, InterruptedException {
        Path unfinished = cache.resolveSibling(cache.getFileName() + ".unfinished");
        Files.deleteIfExists(unfinished);
        try (var redis = EmbeddedRedis.start(0)) {
            // Without records of what was compiled: a start would compile all of that immediately.
            var builder = new ProcessBuilder(
                            java,
                            "@" + options,
                            "-XX:AOTCacheOutput=" + unfinished,
                            "-XX:+UnlockDiagnosticVMOptions",
                            "-XX:-AOTRecordTraining",
                            "-jar",
                            jar.toString(),
                            "serve")
                    .redirectErrorStream(true);
            builder.environment().clear();
            builder.environment()
                    .putAll(Map.of(
                            // Every pod has variables that are no settings.
                            "HOSTNAME", "training",
                            "REDIS_ADDRESS", "127.0.0.1:" + redis.port(),
                            "LISTEN_ADDRESS", "127.0.0.1",
                            "GRPC_PORT", "0",
                            "MANAGEMENT_PORT", "0"));
            Process scaler = builder.start();
            try (BufferedReader out = scaler.inputReader()) {
                Matcher ready = awaitReady(out);
                try (var questions = new Questions(port(ready, 1), port(ready, 2), redis.port())) {
                    questions.ask();
                }
                scaler.toHandle().destroy();
                String said = out.lines().collect(Collectors.joining(System.lineSeparator()));
                scaler.waitFor();
                if (!Files.exists(unfinished)) {
                    throw new IOException("the JVM wrote no cache: " + said);
                }
            } finally {
                scaler.destroyForcibly();
            }
        }
        Files.move(unfinished, cache, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Matcher awaitReady(BufferedReader out) throws IOException {
        var said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return ready;
            }
            said.append(line).append(System.lineSeparator());
        }
        throw new IOException("the scaler did not start: " + said);
    }

    private static int port(Matcher ready, int group) {
        return Integer.parseInt(ready.group(group));
    }
}
