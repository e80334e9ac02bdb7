package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DemoCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"10s", "119s", "5", "soon"})
    void refusesADayThatIsTooShortToShowAnything(String duration) {
        CommandRun run = CommandRun.of("demo", "--duration", duration);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .contains("--duration: '" + duration + "' is not a duration")
                .contains("from 2m to 7d");
    }

    @Test
    void leavesNothingBehindWhenItIsEnded() throws Exception {
        Process demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "demo")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = demo.inputReader()) {
            assertThat(out.readLine()).contains("Watch it at http://127.0.0.1:");
            List<ProcessHandle> servers = demo.descendants().toList();
            assertThat(servers).hasSize(1);

            // SIGTERM: a process in the background ignores SIGINT. Process.destroy() would close its output.
            demo.toHandle().destroy();

            assertThat(out.lines())
                    .anyMatch(line -> line.endsWith("Ended before the day was over."))
                    .anyMatch(line -> line.matches(" +shop-plain   overloaded for .+, .+ replica hours"));
            assertThat(demo.waitFor(1, TimeUnit.MINUTES)).isTrue();
            await().atMost(Duration.ofMinutes(1)).until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            demo.descendants().forEach(ProcessHandle::destroyForcibly);
            demo.destroyForcibly();
        }
    }
}
