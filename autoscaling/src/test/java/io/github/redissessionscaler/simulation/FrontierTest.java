package io.github.redissessionscaler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FrontierTest {

    private static final ScenarioSettings GIVEN =
            ScenarioSettings.of(Map.of("startup", "3m", "minReplicaCount", "1", "headroom", "50%"));

    /** Two days on each of which the sessions rise from 100 to 2,100 within an hour, and fall again. */
    private static final LoadCurve MORNINGS = LoadCurveReader.read(IntStream.range(0, 2)
            .boxed()
            .flatMap(day -> List.of(0, 8, 9, 16, 17).stream()
                    .map(hour -> "%d,%d".formatted((24 * day + hour) * 3600, hour == 9 || hour == 16 ? 2100 : 100))));

    private static final Frontier FRONTIER = Frontier.of(MORNINGS, GIVEN, 100);

    @Test
    void nothingOnItIsBeatenByAnotherCombination() {
        assertThat(FRONTIER.combinations()).isEqualTo(3 * 3 * 5 * 4);
        assertThat(FRONTIER.best()).hasSizeGreaterThan(3);
        for (int i = 1; i < FRONTIER.best().size(); i++) {
            Frontier.Combination cheaper = FRONTIER.best().get(i - 1);
            Frontier.Combination dearer = FRONTIER.best().get(i);
            assertThat(cheaper.replicaTime()).isLessThan(dearer.replicaTime());
            assertThat(cheaper.overloaded()).isGreaterThan(dearer.overloaded());
        }
    }

    @Test
    void eachCombinationComesToWhatTheSimulationSays() {
        for (Frontier.Combination one : FRONTIER.best()) {
            Outcome outcome =
                    Simulation.run(MORNINGS, GIVEN.with(one.settings()).read("again"), 100);

            assertThat(outcome.overloaded()).isEqualTo(one.overloaded());
            assertThat(outcome.replicaTime()).isEqualTo(one.replicaTime());
        }
    }

    @Test
    void theCheapestKeepsTheBound() {
        Frontier.Combination least = FRONTIER.best().getLast();
        Frontier.Combination most = FRONTIER.best().getFirst();

        assertThat(FRONTIER.cheapest(least.overloaded())).contains(least);
        assertThat(FRONTIER.cheapest(Duration.ofDays(2))).contains(most);
        assertThat(FRONTIER.cheapest(most.overloaded().minusSeconds(1)))
                .contains(FRONTIER.best().get(1));
        assertThat(FRONTIER.cheapest(least.overloaded().minusSeconds(1))).isEmpty();
    }

    /** A steep morning is what it is for: of combinations with little overload, those with a forecast are the cheapest. */
    @Test
    void lookAheadIsAmongTheBest() {
        assertThat(FRONTIER.best().getLast().settings().toString()).doesNotContain("lookAhead=0s");
        assertThat(FRONTIER.best())
                .filteredOn(one -> one.overloaded().compareTo(Duration.ofMinutes(30)) < 0)
                .isNotEmpty()
                .noneMatch(one -> one.settings().toString().contains("lookAhead=0s"));
    }
}
