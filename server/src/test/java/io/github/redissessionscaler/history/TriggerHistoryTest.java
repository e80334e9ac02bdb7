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

    private Instant now = NOW;
    private final TriggerHistory history =
            HistoryBudget.recorded(RunningReplicas.UNKNOWN).begin("shop", "web", () -> 1);

    @Test
    void theReplicasArePresumedToFollowTheAnswers() {
        assertThat(history.replicaCount()).isEqualTo(new TriggerHistory.ReplicaCount(1, true));

        answer(105);
        assertThat(history.replicaCount().replicas()).isEqualTo(1);
        answer(111);
        assertThat(history.replicaCount().replicas()).isEqualTo(2);
    }

    @Test
    void theyScaleInWhenTheWindowOfTheHpaHasPassed() {
        answer(520);
        assertThat(history.replicaCount().replicas()).isEqualTo(6);
        assertThat(history.scaleIn()).isEmpty();

        now = NOW.plusSeconds(15);
        answer(0);
        assertThat(history.replicaCount().replicas()).isEqualTo(6);
        assertThat(history.scaleIn()).hasValue(new TriggerHistory.ScaleIn(NOW.plusSeconds(300), 1));

        now = NOW.plusSeconds(315);
        answer(0);
        assertThat(history.replicaCount().replicas()).isEqualTo(1);
        assertThat(history.scaleIn()).isEmpty();
        assertThat(history.events())
                .containsExactly(new HistoryEvent.ReplicasChanged(now, 6, 1, true, OptionalDouble.of(0)));
    }

    @Test
    void eachChangeOfTheBasisIsAnEvent() {
        answer(520);
        now = NOW.plusSeconds(15);
        history.record(
                new TriggerReport(TriggerReport.Basis.HELD, OptionalDouble.of(520), 100, true, now),
                OptionalDouble.empty(),
                100,
                Optional.of("TIMEOUT"),
                now);

        assertThat(history.events())
                .containsExactly(new HistoryEvent.BasisChanged(
                        now, TriggerReport.Basis.HELD, OptionalDouble.of(520), Optional.of("TIMEOUT")));
    }

    @Test
    void theLatestEventsAreKept() {
        for (int i = 1; i <= 500; i++) {
            answer(i % 2 == 0 ? 100 : 1000);
            now = now.plusSeconds(400);
        }

        assertThat(history.events()).hasSize(HistoryBudget.eventsOfEach(1));
        assertThat(history.events().getFirst())
                .isInstanceOfSatisfying(
                        HistoryEvent.ReplicasChanged.class,
                        last -> assertThat(last.to()).isEqualTo(1));
    }

    @Test
    void anErrorLeavesThemAsTheyAreAndIsRecorded() {
        answer(250);

        history.record(
                TriggerReport.error(Optional.of(report(250)), 100, NOW),
                OptionalDouble.empty(),
                100,
                Optional.of("TIMEOUT"),
                NOW.plusSeconds(10));

        assertThat(history.replicaCount().replicas()).isEqualTo(3);
        assertThat(history.points(NOW, NOW.plusSeconds(10), 10))
                .containsExactly(
                        new HistoryPoint(
                                NOW,
                                OptionalDouble.of(250),
                                OptionalDouble.of(250),
                                3,
                                300,
                                TriggerReport.Basis.MEASURED),
                        new HistoryPoint(
                                NOW.plusSeconds(10),
                                OptionalDouble.empty(),
                                OptionalDouble.empty(),
                                3,
                                300,
                                TriggerReport.Basis.ERROR));
    }

    @Test
    void theValueIsInTargetsOfTheMetricAndTheCapacityInCurrentOnes() {
        history.record(report(400), OptionalDouble.of(4000), 1000, Optional.empty(), NOW);

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

        known.record(report(100), OptionalDouble.of(100), 100, Optional.empty(), NOW);

        assertThat(known.replicaCount()).isEqualTo(new TriggerHistory.ReplicaCount(7, false));
        assertThat(known.points(NOW, NOW, 10))
                .extracting(HistoryPoint::capacity)
                .containsExactly(700.0);
    }

    @Test
    void whatIsNotRecordedKnowsThePresent() {
        TriggerHistory present =
                HistoryBudget.unrecorded(RunningReplicas.UNKNOWN).begin("shop", "web", () -> 1);

        present.record(report(250), OptionalDouble.of(250), 100, Optional.empty(), NOW);

        assertThat(present.replicaCount().replicas()).isEqualTo(3);
        assertThat(present.points(Instant.EPOCH, NOW, 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 256, 257, 1000, 10_000, 20_000})
    void allTriggersTogetherStayWithinTheBound(int triggers) {
        long bytes = 21L * triggers * HistoryBudget.roomOfEach(triggers);

        assertThat(bytes).isLessThanOrEqualTo(21L << 20);
    }

    private void answer(double sessions) {
        history.record(report(sessions), OptionalDouble.of(sessions), 100, Optional.empty(), now);
    }

    private static TriggerReport report(double value) {
        return new TriggerReport(TriggerReport.Basis.MEASURED, OptionalDouble.of(value), 100, true, NOW);
    }
}
