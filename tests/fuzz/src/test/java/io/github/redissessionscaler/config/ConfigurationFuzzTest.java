package io.github.redissessionscaler.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.redissessionscaler.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The configuration file, with a password in it. */
class ConfigurationFuzzTest {

    private static final String PASSWORD = "correct-horse-battery";
    private static final int LONGEST = 400;

    @TempDir
    private static Path directory;

    @FuzzTest
    void isAConfigurationOrHasProblemsWithoutThePassword(FuzzedDataProvider data) throws IOException {
        String before =
                data.consumeBoolean() ? "connections:\n  default:\n    address: redis\n    password: " + PASSWORD : "";
        String rest = data.consumeString(LONGEST);
        if (rest.contains(PASSWORD)) {
            return;
        }
        Path file = Files.writeString(directory.resolve("config.yaml"), before + rest);
        try {
            assertThat(ConfigLoader.load(Map.of(ConfigLoader.CONFIG_FILE, file.toString())))
                    .asString()
                    .doesNotContain(PASSWORD);
        } catch (InvalidInputException e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(e.getMessage()).doesNotContain(PASSWORD);
        }
    }
}
