package io.github.redissessionscaler.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.redissessionscaler.input.InvalidInputException;
import java.util.Map;

/** The URL of a Redis, with a password in it. */
class AddressFuzzTest {

    private static final String PASSWORD = "correct-horse-battery";
    private static final int LONGEST = 200;

    @FuzzTest
    void anAddressIsAnAddressOrHasProblemsWithoutThePassword(FuzzedDataProvider data) {
        String scheme = data.pickValue(new String[] {"redis", "rediss", "redis-sentinel", "redis-cluster", "unix", ""});
        String rest = data.consumeString(LONGEST);
        if (rest.contains(PASSWORD)) {
            return;
        }
        String url = scheme + "://user:" + PASSWORD + "@" + rest;
        try {
            assertThat(ConfigLoader.load(Map.of("REDIS_URL", url))).asString().doesNotContain(PASSWORD);
        } catch (InvalidInputException e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(e.getMessage()).doesNotContain(PASSWORD);
        }
    }
}
