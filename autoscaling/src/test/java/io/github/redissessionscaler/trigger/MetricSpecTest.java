package io.github.redissessionscaler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MetricSpecTest {

    private static final MetricSpec DEFAULT = new MetricSpec("session_size", 100);

    @Test
    void readsNameAndTargetFromTheMetadata() {
        assertThat(MetricSpec.of(Map.of())).isEqualTo(DEFAULT);
        assertThat(MetricSpec.of(Map.of("metricName", "carts", "sessionSize", " 2.5 ")))
                .isEqualTo(new MetricSpec("carts", 2.5));
        assertThat(MetricSpec.of(Map.of("metricNameFromEnv", "carts", "sessionSizeFromEnv", "60")))
                .isEqualTo(new MetricSpec("carts", 60));
    }

    @Test
    void roundsTheTargetToThousandthsAsTheHpaDoes() {
        assertThat(MetricSpec.of(Map.of("sessionSize", "33.33333")).target()).isEqualTo(33.333);
        assertThat(MetricSpec.of(Map.of("sessionSize", "0.0015")).target()).isEqualTo(0.002);
        assertThat(MetricSpec.of(Map.of("sessionSize", "1000000000000")).target())
                .isEqualTo(1e12);
    }

    @Test
    void doesNotDependOnAKeyInRedis() {
        assertThat(MetricSpec.of(Map.of("sessionSizeKey", "target"))).isEqualTo(DEFAULT);
        assertThat(MetricSpec.of(Map.of("sessionSizeKey", "target", "sessionSize", "60")))
                .isEqualTo(new MetricSpec("session_size", 60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "0", "-1", "many", "NaN", "1e99", "1\n2"})
    void usesTheDefaultForInvalidValues(String invalid) {
        assertThat(MetricSpec.of(Map.of("sessionSize", invalid, "metricName", "a/" + invalid)))
                .isEqualTo(DEFAULT);
    }

    @Test
    void hasNoLimitsOfSize() {
        assertThat(MetricSpec.of(Map.of("sessionSize", "60", "x".repeat(1000), "y".repeat(10_000))))
                .isEqualTo(new MetricSpec("session_size", 60));
    }
}
