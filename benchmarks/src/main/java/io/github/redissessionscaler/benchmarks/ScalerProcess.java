package io.github.redissessionscaler.benchmarks;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The scaler as it ships, or a server to compare it with: a process of its own. */
final class ScalerProcess implements AutoCloseable {

    private static final Pattern READY =
            Pattern.compile(".*gRPC on 127\\.0\\.0\\.1:(\\d+)(?:, http://127\\.0\\.0\\.1:(\\d+)/)?.*");

    private final Process process;
    private final int grpcPort;
    private final int managementPort;
    private final long startNanos;

    private ScalerProcess(Process process, MatchResult ready, long startNanos) {
        this.process = process;
        this.grpcPort = Integer.parseInt(ready.group(1));
        this.managementPort = ready.group(2) == null ? 0 : Integer.parseInt(ready.group(2));
        this.startNanos = startNanos;
    }

    /** The scaler of this command, which is that of the checkout or of a distribution. */
    static ScalerProcess start(Path command, int redisPort) throws IOException {
        return start(
                List.of(command.toString(), "serve"),
                Map.of(
                        "REDIS_ADDRESS", "127.0.0.1:" + redisPort,
                        "LISTEN_ADDRESS", "127.0.0.1",
                        "GRPC_PORT", "0",
                        "MANAGEMENT_PORT", "0"));
    }

    /** {@link ConstantScaler} with the options of the JVM that the scaler ships with. */
    static ScalerProcess startConstants(Path java, Path home) throws IOException {
        return start(
                List.of(
                        java.toString(),
                        "@" + home.resolve("cli/src/main/dist/jvm.options"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConstantScaler.class.getName()),
                Map.of());
    }

    /** The Go scaler of benchmarks/go-sample, which is built first; empty where Go is not installed. */
    static Optional<ScalerProcess> startGoSample(Path home, int redisPort) throws IOException, InterruptedException {
        Path folder = home.resolve("benchmarks/go-sample");
        Path built = home.resolve("benchmarks/target/go-sample");
        Process build;
        try {
            build = new ProcessBuilder("go", "build", "-C", folder.toString(), "-o", built.toString(), ".")
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        if (build.waitFor() != 0) {
            throw new IOException("the Go sample cannot be built");
        }
        return Optional.of(start(List.of(built.toString(), "127.0.0.1:" + redisPort), Map.of()));
    }

    private static ScalerProcess start(List<String> command, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        String options = System.getenv("SCALER_JAVA_OPTIONS");
        if (options != null) {
            builder.environment().put("_JAVA_OPTIONS", options);
        }
        long start = System.nanoTime();
        Process process = builder.start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return new ScalerProcess(process, ready, System.nanoTime() - start);
            }
        }
        throw new IOException("the server did not start");
    }

    /** A channel of the caller's own. */
    ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
    }

    /** Where metrics and status page are; 0 for a server that has none. */
    int managementPort() {
        return managementPort;
    }

    double secondsToReady() {
        return startNanos / 1e9;
    }

    /** Processor time of the process since its start, without its children, if the system reports it. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Resident memory in MiB, as reported by Linux. */
    double residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Double.parseDouble(line.replaceAll("\\D+", "")) / 1024;
            }
        }
        throw new IOException("the system does not report resident memory");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
