package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of a checkout, with a Maven and a java that only print their arguments. */
final class LauncherTest {

    private static final String MAVEN_LOG = """
        [INFO] Scanning for projects...
        [INFO] Downloading from central: https://repo.example/a.pom
        [INFO] Downloaded from central: https://repo.example/a.pom (1 kB at 2 kB/s)
        [INFO] Downloaded from central: https://repo.example/b.pom (1 kB at 2 kB/s)
        [INFO] Building redis-session-scaler: the server 0.1.0-SNAPSHOT             [3/4]
        """;

    private record LauncherRun(int status, String out, String err) {}

    @TempDir
    private Path checkout;

    @BeforeEach
    void copyLauncher() throws IOException {
        Path dist = Files.createDirectories(checkout.resolve("cli/src/main/dist"));
        for (String file : new String[] {"find-java.sh", "jvm.options"}) {
            Files.copy(Path.of("src/main/dist", file), dist.resolve(file));
        }
        Files.copy(Path.of("../redis-session-scaler"), checkout.resolve("launcher"));
        Files.createDirectories(checkout.resolve("cli/target"));
        script("bin/java", """
            case "$*" in
              -version) echo 'openjdk version "25.0.3"' >&2 ;;
              *Training.java*) ;;
              *) echo "ran $*" ;;
            esac
            """);
        script("sleep", "# the build decides when it ends");
    }

    /** The build ends when its progress was shown. */
    @Test
    void showsProgressWhileItBuilds() throws Exception {
        script("mvnw", """
            cat '%1$s/maven'
            while ! grep -q 'the server' '%1$s/err'; do :; done
            echo jar > '%1$s/cli/target/redis-session-scaler-cli-0.1.0.jar'
            """.formatted(
                        Files.writeString(checkout.resolve("maven"), MAVEN_LOG).getParent()));

        LauncherRun run = launch("serve", "--help");

        assertThat(run.err())
                .contains("The first build takes two to three minutes and needs Maven Central")
                .containsPattern("  \\d+ s: module 3/4, redis-session-scaler: the server, 2 files downloaded\n");
        assertThat(run.out()).contains("ran @", "launcher.jar serve --help");
        assertThat(run.status()).isZero();
        assertThat(checkout.resolve(".build.log")).doesNotExist();
    }

    @Test
    void aFailedBuildShowsItsErrors() throws Exception {
        script("mvnw", "echo '[INFO] much'; echo '[ERROR] no such thing'; exit 1");

        LauncherRun run = launch("serve");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("[ERROR] no such thing", "the whole log is " + checkout + "/.build.log")
                .doesNotContain("much");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void waitsForTheBuildOfAnotherProcess() throws Exception {
        script("mvnw", "echo '[ERROR] a second build'; exit 1");
        Process builder = holdLock();

        CompletableFuture<LauncherRun> run = CompletableFuture.supplyAsync(() -> {
            try {
                return launch("serve");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> Files.exists(checkout.resolve("err"))
                && Files.readString(checkout.resolve("err")).contains("Waiting for another build of this checkout."));
        Files.writeString(checkout.resolve("cli/target/launcher.jar"), "jar");
        builder.destroyForcibly();

        assertThat(run.get(20, TimeUnit.SECONDS).out()).contains("launcher.jar serve");
    }

    /** A process that locks the build until it ends. */
    private Process holdLock() throws IOException {
        Process holder = new ProcessBuilder(
                        "sh", "-c", "exec 9>>.build.lock; flock 9; echo locked; exec tail -f /dev/null")
                .directory(checkout.toFile())
                .start();
        assertThat(holder.inputReader().readLine()).isEqualTo("locked");
        return holder;
    }

    @Test
    void aSourceThatChangesDuringTheBuildIsBuiltNextTime() throws Exception {
        Path source =
                Files.createDirectories(checkout.resolve("server/src/main")).resolve("Changed.java");
        Files.writeString(source, "old");
        script("mvnw", """
            echo jar > '%s/cli/target/redis-session-scaler-cli-0.1.0.jar'
            until [ -n "$(find '%s' -newer '%s/.build.lock')" ]; do echo new > '%s'; done
            """.formatted(checkout, source, checkout, source));

        assertThat(launch("serve").err()).contains("Building");
        Files.delete(checkout.resolve("err"));

        assertThat(launch("serve").err()).contains("Building");
    }

    @Test
    void whoInterruptsTheLauncherInterruptsTheBuild() throws Exception {
        script("mvnw", "echo $$ > '%s/maven'; exec tail -f /dev/null".formatted(checkout));
        Process launcher = launcher("serve").start();
        await().until(() -> Files.exists(checkout.resolve("maven"))
                && !Files.readString(checkout.resolve("maven")).isBlank());
        long maven = Long.parseLong(Files.readString(checkout.resolve("maven")).strip());

        launcher.destroy();

        assertThat(launcher.waitFor()).isEqualTo(130);
        assertThat(ProcessHandle.of(maven).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void aCheckoutThatCannotBeWrittenToIsAnError() throws Exception {
        Files.createDirectory(checkout.resolve(".build.lock"));

        LauncherRun run = launch("serve");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("redis-session-scaler must be built, but " + checkout + " cannot be written to.\n");
    }

    private LauncherRun launch(String... arguments) throws IOException, InterruptedException {
        Path out = checkout.resolve("out");
        Path err = Files.createFile(checkout.resolve("err"));
        Process process = launcher(arguments)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        int status = process.waitFor();
        return new LauncherRun(
                status, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    private ProcessBuilder launcher(String... arguments) {
        var builder = new ProcessBuilder("sh", checkout.resolve("launcher").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("JAVA_HOME", checkout.toString());
        builder.environment().merge("PATH", checkout.toString(), (path, first) -> first + ":" + path);
        return builder;
    }

    private void script(String name, String content) throws IOException {
        Path file = checkout.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
