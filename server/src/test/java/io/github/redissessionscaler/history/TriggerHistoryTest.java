package io.github.redissessionscaler.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TriggerHistoryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final TriggerHistory history =
            HistoryBudget.recorded(RunningReplicas.UNKNOWN).begin("shop", "web", () -> 1);

    @Test
    void theReplicasArePresumedToFollowTheAnswers() {
        assertThat(history.replicaCount()).isEqualTo(new TriggerHistory.ReplicaCount(1, true));

        answer(105);
        assertThat(history.replicaCount().replicas()).isEqualTo(1);
        answer(111);
        assertThat(history.replicaCount().replicas()).isEqualTo(2);
        answer(90);
        assertThat(history.replicaCount().replicas()).isEqualTo(1);
        answer(0);
        assertThat(history.replicaCount().replicas()).isEqualTo(1);
    }

    @Test
    void anErrorLeavesThemAsTheyAreAndIsRecorded() {
        answer(250);

        history.record(
                TriggerReport.error(Optional.of(report(250)), 100, NOW),
                OptionalDouble.empty(),
                100,
                NOW.plusSeconds(10));

        assertThat(history.replicaCount().replicas()).isEqualTo(3);
        assertThat(history.points(NOW, NOW.plusSeconds(10), 10))
                .containsExactly(
                        new HistoryPoint(NOW, OptionalDouble.of(250), 300, false),
                        new HistoryPoint(NOW.plusSeconds(10), OptionalDouble.empty(), 300, true));
    }

    @Test
    void theValueIsInTargetsOfTheMetricAndTheCapacityInCurrentOnes() {
        history.record(report(400), OptionalDouble.of(4000), 1000, NOW);

        assertThat(history.replicaCount().replicas()).isEqualTo(4);
        assertThat(history.points(NOW, NOW, 10))
                .extracting(HistoryPoint::capacity)
                .containsExactly(4000.0);
    }

    @Test
    void whoKnowsTheReplicasIsBelieved() {
        TriggerHistory known = HistoryBudget.recorded(
                        (namespace, name) -> OptionalLong.of(namespace.length() + name.length()))
                .begin("shop", "web", () -> 1);

        known.record(report(100), OptionalDouble.of(100), 100, NOW);

        assertThat(known.replicaCount()).isEqualTo(new TriggerHistory.ReplicaCount(7, false));
        assertThat(known.points(NOW, NOW, 10))
                .extracting(HistoryPoint::capacity)
                .containsExactly(700.0);
    }

    @Test
    void whatIsNotRecordedKnowsThePresent() {
        TriggerHistory present =
                HistoryBudget.unrecorded(RunningReplicas.UNKNOWN).begin("shop", "web", () -> 1);

        present.record(report(250), OptionalDouble.of(250), 100, NOW);

        assertThat(present.replicaCount().replicas()).isEqualTo(3);
        assertThat(present.points(Instant.EPOCH, NOW, 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 256, 257, 1000, 10_000, 20_000})
    void allTriggersTogetherStayWithinTheBound(int triggers) {
        long bytes = 13L * triggers * HistoryBudget.roomOfEach(triggers);

        assertThat(bytes).isLessThanOrEqualTo(13L << 20);
    }

    private void answer(double sessions) {
        history.record(report(sessions), OptionalDouble.of(sessions), 100, NOW);
    }

    private static TriggerReport report(double value) {
        return new TriggerReport(TriggerReport.Basis.MEASURED, OptionalDouble.of(value), 100, true, NOW);
    }
}
