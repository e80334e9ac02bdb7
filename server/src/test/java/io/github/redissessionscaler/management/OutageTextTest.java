package io.github.redissessionscaler.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.history.TriggerReport.Basis;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutageTextTest {

    private static final List<UnavailablePolicy> POLICIES = List.of(
            new UnavailablePolicy.Minimum(),
            new UnavailablePolicy.Hold(Duration.ofHours(1)),
            new UnavailablePolicy.Fail());

    @Test
    void theTextSaysWhatIsReportedAndNotWhatThePolicyWouldReport() {
        assertThat(POLICIES)
                .allSatisfy(policy ->
                        assertThat(OutageText.answer(policy, Basis.ERROR)).startsWith("An error is returned to KEDA"));
        assertThat(POLICIES.subList(0, 2)).allSatisfy(policy -> {
            assertThat(OutageText.answer(policy, Basis.HELD)).startsWith("The last value is reported");
            assertThat(OutageText.answer(policy, Basis.MINIMUM)).startsWith("Inactive and 0 are reported");
        });
    }
}
