package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PatternRegistryTest {

    private final PatternBudget budget = new PatternBudget();
    private Instant now = Instant.EPOCH;

    @Test
    void theDatabasesShareALimit() {
        List<PatternRegistry> full = IntStream.range(0, PatternBudget.DATABASES)
                .mapToObj(_ -> registry())
                .toList();
        full.forEach(registry -> {
            registry.ask(MatchingKeys.of("a*"));
            registry.ask(MatchingKeys.of("b*"));
        });

        assertThatThrownBy(() -> registry().ask(MatchingKeys.of("c*")))
                .isInstanceOf(LimitReachedException.class)
                .hasMessageContaining("5 times its PATTERN_LIMIT of 2 patterns in all databases");

        PatternRegistry gone = full.getFirst();
        gone.lock.lock();
        try {
            gone.close();
            gone.close();
        } finally {
            gone.lock.unlock();
        }
        PatternRegistry one = registry();
        one.ask(MatchingKeys.of("c*"));
        one.ask(MatchingKeys.of("d*"));
        assertThatThrownBy(() -> registry().ask(MatchingKeys.of("e*"))).isInstanceOf(LimitReachedException.class);

        now = now.plus(Duration.ofHours(1));
        one.forgetIdle();
        assertThatCode(() -> registry().ask(MatchingKeys.of("e*"))).doesNotThrowAnyException();
    }

    @Test
    void theMoreSamplesThereAreTheFewerOfEachAreKept() {
        assertThat(budget.samples(1)).isEqualTo(SampleWindow.MOST);

        budget.take(200, 2_000);

        assertThat(budget.samples(1)).isEqualTo(81);
        assertThat(budget.samples(6)).isEqualTo(13);
        assertThat(budget.samples(1_000)).isEqualTo(8);
    }

    private PatternRegistry registry() {
        return new PatternRegistry(() -> now, Duration.ofMinutes(3), () -> 2, budget);
    }
}
