package io.github.redissessionscaler.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.embedded.EmbeddedRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive, unpacked where nothing knows of any Java. */
class DistributionIT {

    private static final Pattern PORT = Pattern.compile("gRPC on 127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    private static Path directory;

    private static Path home;

    private record Result(int status, String out, String err) {}

    @BeforeAll
    static void unpack() throws Exception {
        Path unpacked = Files.createDirectory(directory.resolve("a folder"));
        Result tar = run(
                List.of("tar", "-xzf", System.getProperty("distribution.archive"), "-C", unpacked.toString()),
                Map.of("PATH", System.getenv("PATH")));
        assertThat(tar.status()).as(tar.err()).isZero();
        home = unpacked.resolve(System.getProperty("distribution.name"));
    }

    @Test
    void answersOnAMachineWithoutJava() throws Exception {
        Process scaler = start(
                List.of(launcher(), "serve", "--embedded-redis"),
                Map.of("LISTEN_ADDRESS", "127.0.0.1", "GRPC_PORT", "0", "MANAGEMENT_PORT", "0"));
        try (BufferedReader out = scaler.inputReader()) {
            String port = PORT.matcher(out.readLine())
                    .results()
                    .findFirst()
                    .orElseThrow()
                    .group(1);

            Result check = run(List.of(launcher(), "check", "--scaler", "127.0.0.1:" + port), Map.of());

            assertThat(check.status()).as(check.err()).isZero();
            assertThat(check.out()).contains("all keys").contains("wanted replicas");
            assertThat(scaler.info().command())
                    .contains(home.resolve("runtime/bin/java").toRealPath().toString());

            scaler.toHandle().destroy();
            assertThat(scaler.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(scaler.exitValue()).isEqualTo(128 + 15);
        } finally {
            scaler.destroyForcibly();
        }
    }

    @Test
    void startsFromItsCache() throws Exception {
        Result version = run(List.of(launcher(), "--version"), Map.of("_JAVA_OPTIONS", "-Xlog:aot"));

        assertThat(version.out())
                .contains("Using AOT-linked classes: true")
                .endsWith("redis-session-scaler " + System.getProperty("distribution.version") + "\n");
    }

    @Test
    void servesWithClassesFromItsCacheOnly() throws Exception {
        Path loaded = directory.resolve("loaded");
        try (var redis = EmbeddedRedis.start(0)) {
            Process scaler = start(
                    List.of(launcher(), "serve"),
                    Map.of(
                            "REDIS_ADDRESS", "127.0.0.1:" + redis.port(),
                            "LISTEN_ADDRESS", "127.0.0.1",
                            "GRPC_PORT", "0",
                            "MANAGEMENT_PORT", "0",
                            "_JAVA_OPTIONS", "-Xlog:class+load:file=" + loaded));
            try (BufferedReader out = scaler.inputReader()) {
                assertThat(out.readLine()).containsPattern(PORT);
            } finally {
                scaler.destroyForcibly();
            }
        }

        assertThat(Files.readAllLines(loaded))
                .anyMatch(line -> line.contains("source: shared objects file"))
                .noneMatch(line -> line.contains("source: file:"));
    }

    @Test
    void startsWithoutItsCacheAndSaysSo() throws Exception {
        Path cache = home.resolve("app/redis-session-scaler.aot");
        Path aside = Files.move(cache, cache.resolveSibling("aside"));
        try {
            Files.writeString(cache, "of another version");

            Result version = run(List.of(launcher(), "--version"), Map.of());

            assertThat(version.status()).isZero();
            assertThat(version.out())
                    .isEqualTo("redis-session-scaler " + System.getProperty("distribution.version") + "\n");
            assertThat(version.err()).contains("AOT cache");
        } finally {
            Files.delete(cache);
            Files.move(aside, cache);
        }
    }

    @Test
    void mayBeCalledThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of(launcher()));

        Result version = run(List.of(link.toString(), "--version"), Map.of());

        assertThat(version.status()).as(version.err()).isZero();
    }

    @Test
    void itsRuntimeHasTheModulesThatTheLibrariesUse() throws Exception {
        // for beans in Micrometer's binders to data sources and HTTP clients, which nothing here uses
        Set<String> unused = Set.of("java.desktop");
        var found = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        List<String> arguments =
                new ArrayList<>(List.of("--multi-release", "25", "--ignore-missing-deps", "--list-reduced-deps"));
        jars().forEach(jar -> arguments.add(jar.toString()));

        jdeps.run(new PrintWriter(found, true), new PrintWriter(found, true), arguments.toArray(String[]::new));

        assertThat(found.toString()
                        .lines()
                        .map(String::strip)
                        .map(line -> line.replaceAll("/.*", ""))
                        .filter(line -> line.matches("(java|jdk)\\.[a-z.]+"))
                        .filter(module -> !unused.contains(module)))
                .isNotEmpty()
                .isSubsetOf(Distribution.MODULES);
    }

    @Test
    void bringsTheTextOfEveryLicence() throws Exception {
        String list = Files.readString(home.resolve("licenses/THIRD-PARTY.txt"));

        Set<String> licences = Pattern.compile("(?m)^ +\\(([^)]+)\\)")
                .matcher(list)
                .results()
                .map((MatchResult line) -> line.group(1))
                .collect(Collectors.toSet());

        assertThat(licences)
                .contains("Apache-2.0")
                .allSatisfy(licence -> assertThat(home.resolve("licenses").resolve(licence + ".txt"))
                        .isNotEmptyFile());
    }

    @Test
    void itsBillOfMaterialsNamesAllThatComesAlong() throws Exception {
        List<String> components = components(home.resolve("sbom.json"));

        assertThat(components)
                .contains("Java runtime-" + Runtime.version())
                .anyMatch(name -> name.matches("redis-server-6[0-9.]+"));
        try (Stream<Path> libraries = Files.list(home.resolve("app/lib"))) {
            assertThat(libraries.map(library -> library.getFileName().toString().replace(".jar", "")))
                    .isNotEmpty()
                    .isSubsetOf(components);
        }
    }

    @Test
    void theHashesInItsBillOfMaterialsAreThoseOfItsFiles() throws Exception {
        Map<Path, List<String>> hashes = new HashMap<>();
        for (JsonElement element : JsonParser.parseString(Files.readString(home.resolve("sbom.json")))
                .getAsJsonObject()
                .getAsJsonArray("components")) {
            JsonObject component = element.getAsJsonObject();
            Path library = home.resolve("app/lib/%s-%s.jar"
                    .formatted(
                            component.get("name").getAsString(),
                            component.get("version").getAsString()));
            if (component.has("hashes") && Files.exists(library)) {
                hashes.put(
                        library,
                        component.getAsJsonArray("hashes").asList().stream()
                                .map(hash ->
                                        hash.getAsJsonObject().get("content").getAsString())
                                .toList());
            }
        }

        assertThat(hashes).isNotEmpty();
        for (Map.Entry<Path, List<String>> library : hashes.entrySet()) {
            assertThat(library.getValue())
                    .contains(HexFormat.of()
                            .formatHex(
                                    MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(library.getKey()))));
        }
    }

    @Test
    void theBillOfMaterialsOfTheImageNamesNoRedis() throws Exception {
        List<String> components = components(Path.of(System.getProperty("distribution.image.sbom")));

        assertThat(components).contains("Java runtime-" + Runtime.version());
        assertThat(components).noneMatch(name -> name.startsWith("embedded-redis") || name.startsWith("redis-server"));
    }

    /** The name and version of each component. */
    private static List<String> components(Path bill) throws IOException {
        List<String> components = new ArrayList<>();
        JsonParser.parseString(Files.readString(bill)).getAsJsonObject().getAsJsonArray("components").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .forEach(component -> components.add(component.get("name").getAsString() + "-"
                        + component.get("version").getAsString()));
        return components;
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("app"))) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    private static String launcher() {
        return home.resolve("bin/redis-session-scaler").toString();
    }

    /** Starts a command with this environment and nothing else. */
    private static Process start(List<String> command, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectError(directory.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Result run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Path err = Files.createTempFile(directory, "err", "");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, Files.readString(err));
    }
}
