package io.github.redissessionscaler.distribution;

import io.github.redissessionscaler.cli.Main;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import redis.embedded.core.ExecutableProvider;

/**
 * The program that lays out the folder which the archive is made of, on the JDK whose runtime is to come along. The arguments
 * are that folder, the root of the checkout, and the time that all files shall bear.
 */
final class Distribution {

    /** What the libraries use of Java, which {@code DistributionIT} compares with what jdeps finds. */
    static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.sql",
            "java.xml",
            "jdk.httpserver",
            "jdk.jfr",
            "jdk.management",
            "jdk.unsupported");

    private static final String JAR = "redis-session-scaler.jar";
    private static final String CACHE = "redis-session-scaler.aot";
    private static final String EMBEDDED_REDIS = "embedded-redis";
    private static final Pattern SERVER = Pattern.compile("redis-server-([0-9.]+)-.*");

    private final Path home;
    private final Path checkout;

    /** The files of libraries that are no longer as published. */
    private List<String> converted = List.of();

    private Distribution(Path home, Path checkout) {
        this.home = home;
        this.checkout = checkout;
    }

    public static void main(String[] args) throws Exception {
        var distribution = new Distribution(Path.of(args[0]), Path.of(args[1]));
        delete(distribution.home);
        distribution.copyApplication();
        distribution.linkRuntime();
        distribution.addPapers();
        distribution.setTimes(FileTime.from(Instant.parse(args[2])));
        distribution.train();
        System.exit(0);
    }

    /** The application is the class path of this program, less this program. */
    private void copyApplication() throws IOException {
        Path application = location(Main.class);
        copy(application, "app/" + JAR);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path library = Path.of(entry);
            if (!library.equals(application) && !library.equals(location(Distribution.class))) {
                copy(library, "app/lib/" + library.getFileName());
            }
        }
        converted = OldClasses.convertAll(home.resolve("app/lib"));
        copy(checkout.resolve("cli/src/main/dist/jvm.options"), "app/jvm.options");
        copy(checkout.resolve("packaging/distribution/src/main/dist/redis-session-scaler"), "bin/redis-session-scaler");
    }

    private static Path location(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    private void linkRuntime() throws IOException {
        var said = new StringWriter();
        ToolProvider jlink = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new IOException(System.getProperty("java.home") + " is a Java without jlink"));
        int status = jlink.run(
                new PrintWriter(said, true),
                new PrintWriter(said, true),
                "--add-modules",
                String.join(",", MODULES),
                "--no-header-files",
                "--no-man-pages",
                "--strip-java-debug-attributes",
                "--output",
                home.resolve("runtime").toString());
        if (status != 0) {
            throw new IOException("jlink: " + said);
        }
        for (String tool : List.of("jfr", "jwebserver", "keytool")) {
            Files.deleteIfExists(home.resolve("runtime/bin").resolve(tool));
        }
    }

    private void addPapers() throws IOException {
        copy(checkout.resolve("LICENSE"), "LICENSE");
        copy(checkout.resolve("packaging/distribution/src/main/dist/NOTICE"), "NOTICE");
        Path licenses = home.resolve("licenses");
        copy(checkout.resolve("LICENSE"), "licenses/Apache-2.0.txt");
        copy(checkout.resolve("packaging/distribution/target/licenses/THIRD-PARTY.txt"), "licenses/THIRD-PARTY.txt");
        try (var texts = Files.newDirectoryStream(checkout.resolve("packaging/distribution/src/licenses"), "*.txt")) {
            for (Path text : texts) {
                copy(text, "licenses/" + text.getFileName());
            }
        }
        try (var libraries = Files.newDirectoryStream(home.resolve("app/lib"), "*.jar")) {
            for (Path library : libraries) {
                Notices.copy(library, licenses);
            }
        }
        writeBills();
    }

    private void writeBills() throws IOException {
        BillOfMaterials libraries = BillOfMaterials.read(checkout.resolve("packaging/distribution/target/sbom.json"))
                .withRuntime(MODULES)
                .withoutHashes(converted);
        libraries.without(EMBEDDED_REDIS).write(home.resolveSibling("sbom-image.json"));
        BillOfMaterials all = libraries;
        for (String version : embeddedServers()) {
            all = all.withProgram("redis-server", version, EMBEDDED_REDIS, "BSD-3-Clause");
        }
        all.write(home.resolve("sbom.json"));
    }

    /** The versions of redis-server that the library for the embedded Redis carries, for one system or another. */
    private static SortedSet<String> embeddedServers() throws IOException {
        try (var jar = new ZipFile(location(ExecutableProvider.class).toFile())) {
            return jar.stream()
                    .map(entry -> SERVER.matcher(entry.getName()))
                    .filter(Matcher::matches)
                    .map(server -> server.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** What a cache remembers of a jar is its size and its time, so they are those that the archive will give it. */
    private void setTimes(FileTime time) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.setLastModifiedTime(file, time);
            }
        }
    }

    private void train() throws IOException, InterruptedException {
        Path app = home.resolve("app");
        Training.make(
                home.resolve("runtime/bin/java").toString(),
                app.resolve("jvm.options"),
                app.resolve(JAR),
                app.resolve(CACHE));
    }

    private void copy(Path from, String to) throws IOException {
        Path target = home.resolve(to);
        Files.createDirectories(target.getParent());
        Files.copy(from, target);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}
