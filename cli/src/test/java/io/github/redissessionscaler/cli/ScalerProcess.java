package io.github.redissessionscaler.cli;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The scaler in a process of its own, with the options of the launcher, on loopback. */
public final class ScalerProcess implements AutoCloseable {

    private static final Pattern READY =
            Pattern.compile("gRPC on 127\\.0\\.0\\.1:(?<grpc>\\d+), http://127\\.0\\.0\\.1:(?<management>\\d+)/"
                    + "|\"grpcPort\":(?<grpcOfJson>\\d+),\"managementPort\":(?<managementOfJson>\\d+)");

    private static final Pattern OF_TESTS =
            Pattern.compile("[/\\\\](archunit|assertj|awaitility|bc|byte-buddy|junit|playwright)" + "[^/\\\\]*\\.jar$");

    private final Process process;
    private final Path out;
    private final Path err;
    private final int grpcPort;
    private final String management;

    private ScalerProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
        await().until(() -> !process.isAlive() || READY.matcher(output()).find());
        Matcher ready = READY.matcher(output());
        if (!ready.find()) {
            throw new IllegalStateException("the scaler did not start: " + output());
        }
        this.grpcPort =
                Integer.parseInt(Optional.ofNullable(ready.group("grpc")).orElseGet(() -> ready.group("grpcOfJson")));
        this.management = "http://127.0.0.1:"
                + Optional.ofNullable(ready.group("management")).orElseGet(() -> ready.group("managementOfJson"));
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param directory for what it prints
     * @param environment besides that which has it listen on loopback
     */
    public static ScalerProcess start(Path directory, Map<String, String> environment) {
        return start(directory, environment, List.of());
    }

    /**
     * The same.
     *
     * @param options of the JVM, after those of the launcher
     */
    public static ScalerProcess start(Path directory, Map<String, String> environment, List<String> options) {
        try {
            List<String> command = command(options, List.of("serve"));
            Path out = directory.resolve("stdout");
            Path err = directory.resolve("stderr");
            var builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment()
                    .putAll(Map.of("LISTEN_ADDRESS", "127.0.0.1", "GRPC_PORT", "0", "MANAGEMENT_PORT", "0"));
            builder.environment().putAll(environment);
            return new ScalerProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A command as the launcher starts it.
     *
     * @param options of the JVM, after those of the launcher
     */
    static List<String> command(List<String> options, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Files.readAllLines(Path.of("src/main/dist/jvm.options")).stream()
                .filter(line -> !line.startsWith("#"))
                .forEach(command::add);
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), Main.class.getName()));
        command.addAll(arguments);
        return command;
    }

    /** That of this process without the largest libraries of tests alone: the JVM keeps the index of each jar in the heap. */
    private static String classPath() {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !OF_TESTS.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    public int grpcPort() {
        return grpcPort;
    }

    /** All that it has printed, standard output and then standard error. */
    public String output() {
        try {
            return Files.readString(out) + Files.readString(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the management port answers. */
    public String get(String path) {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(management + path)).build();
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public int managementPort() {
        return URI.create(management).getPort();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Peak resident memory in MiB, as reported by Linux. */
    public double peakResidentMib() {
        try (var lines = Files.lines(Path.of("/proc", String.valueOf(pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                            .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D+", "")))
                            .findFirst()
                            .orElseThrow()
                    / 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM, as Kubernetes ends a pod. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for its end and returns its exit status. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the scaler does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
    }
}
