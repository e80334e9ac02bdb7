package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launchers' way to a java that is new enough, in the shell that they run in. */
final class FindJavaTest {

    @TempDir
    private Path home;

    @Test
    void takesTheJavaOfJavaHome() throws Exception {
        java("openjdk version \"25.0.3\" 2026-04-21 LTS");

        assertThat(found(Map.of())).isEqualTo(home + "/bin/java");
    }

    @Test
    void takesALaterJava() throws Exception {
        java("openjdk version \"26\" 2026-03-17");

        assertThat(found(Map.of())).isEqualTo(home + "/bin/java");
    }

    /** It says so in the first line that it writes, and not its version. */
    @Test
    void takesAJavaThatIsGivenOptionsByTheEnvironment() throws Exception {
        java("openjdk version \"25.0.3\" 2026-04-21 LTS");

        for (String variable : new String[] {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"}) {
            assertThat(found(Map.of(variable, "-Xmx64m"))).as(variable).isEqualTo(home + "/bin/java");
        }
    }

    @Test
    void passesOverAJavaThatIsTooOld() throws Exception {
        java("openjdk version \"17.0.15\" 2025-04-15");

        assertThat(found(Map.of())).doesNotStartWith(home.toString());
    }

    /** A java that prints this version, after its lines about options in the environment. */
    private void java(String version) throws IOException {
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, """
            #!/bin/sh
            for options in "${JAVA_TOOL_OPTIONS:-}" "${_JAVA_OPTIONS:-}" "${JDK_JAVA_OPTIONS:-}"; do
              [ -z "$options" ] || echo "Picked up options: $options" >&2
            done
            echo '%s' >&2
            """.formatted(version));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    }

    private String found(Map<String, String> environment) throws IOException, InterruptedException {
        var shell = new ProcessBuilder("sh", "-c", ". src/main/dist/find-java.sh; find_java").redirectErrorStream(true);
        shell.environment().put("JAVA_HOME", home.toString());
        shell.environment().putAll(environment);
        Process process = shell.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out.strip();
    }
}
