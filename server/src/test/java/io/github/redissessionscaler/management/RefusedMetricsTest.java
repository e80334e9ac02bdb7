package io.github.redissessionscaler.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RefusedMetricsTest {

    private static final String SERIES =
            "redis_session_scaler_trigger_refused{scaledobject=\"web\",scaledobject_namespace=\"shop\"} 1.0";

    private Instant now = Instant.EPOCH;
    private final RefusedTriggers refused = new RefusedTriggers(() -> now);
    private final Telemetry telemetry = new Telemetry(() -> now, Duration.ofSeconds(2));

    @BeforeEach
    void register() {
        telemetry.registerLarge(new RefusedMetrics(refused));
    }

    @AfterEach
    void close() {
        telemetry.close();
    }

    @Test
    void aRefusalThatIsNotRepeatedHasASeriesForLessTimeThanTheAlertWaits() {
        refused.refused("shop", "web", "one");
        assertThat(telemetry.scrape()).contains(SERIES);

        now = now.plus(Duration.ofMinutes(3));

        assertThat(telemetry.scrape()).doesNotContain("trigger_refused{");
        assertThat(refused.lately()).hasSize(1);
    }

    @Test
    void aTriggerThatIsRefusedAtEachCallKeepsItsSeries() {
        for (int call = 0; call < 40; call++) {
            refused.refused("shop", "web", "one");
            now = now.plusSeconds(30);
            assertThat(telemetry.scrape()).contains(SERIES);
        }
    }
}
