package io.github.redissessionscaler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.counting.LayoutFindings;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What looks beside the calls looks again after an error that nobody expects. */
final class LooksTest {

    private final AtomicInteger looks = new AtomicInteger();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void evictionsAreLookedAtAgainAfterAnError() {
        long before = errors("look at evictions");
        try (var telemetry = new Telemetry(() -> now, Duration.ofSeconds(2))) {
            var evictions = new Evictions(
                    _ -> {
                        looks.incrementAndGet();
                        throw new StackOverflowError();
                    },
                    Runnable::run,
                    telemetry,
                    () -> now);
            var database = new Database("default", OptionalInt.empty());

            evictions.mind(database);
            evictions.mind(database);
            assertThat(looks).hasValue(1);
            now = now.plus(Duration.ofMinutes(1));
            evictions.mind(database);

            assertThat(looks).hasValue(2);
            assertThat(errors("look at evictions")).isEqualTo(before + 2);
        }
    }

    @Test
    void keysAreLookedAtAgainAfterAnError() {
        long before = errors("look at keys");
        var found = new LayoutFindings(List.of("something to say"), 0);
        Trigger trigger = TriggerParser.parse(Map.of());
        var advisor = new Advisor(
                (_, _) -> {
                    if (looks.incrementAndGet() == 1) {
                        throw new StackOverflowError();
                    }
                    return found;
                },
                _ -> List.of(),
                Runnable::run,
                () -> now);

        assertThat(advisor.findings(trigger, Deadline.in(Duration.ofSeconds(10))))
                .isCompletedWithValue(LayoutFindings.NONE);
        assertThat(errors("look at keys")).isEqualTo(before + 1);
        now = now.plus(Duration.ofMinutes(10));
        advisor.mind(trigger);

        assertThat(advisor.findings(trigger)).isEqualTo(found);
    }

    @Test
    void whatCountingDoubtsIsSaidAtOnceAndLoggedOnce() {
        List<String> doubts = new ArrayList<>();
        Trigger trigger = TriggerParser.parse(Map.of());
        var advisor = new Advisor(
                (_, _) -> new LayoutFindings(List.of("something to say"), 0),
                _ -> List.copyOf(doubts),
                Runnable::run,
                () -> now);
        var logger = (Logger) LoggerFactory.getLogger(Advisor.class);
        var logged = new ListAppender<ILoggingEvent>();
        logged.start();
        logger.addAppender(logged);
        try {
            advisor.mind(trigger);
            doubts.add("half of the keys are missing");
            advisor.mind(trigger);
            advisor.mind(trigger);

            assertThat(advisor.findings(trigger).advice())
                    .containsExactlyInAnyOrder("something to say", "half of the keys are missing");
            assertThat(advisor.findings(trigger, Deadline.in(Duration.ofSeconds(10))))
                    .isCompletedWithValue(advisor.findings(trigger));
            assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("something to say", "half of the keys are missing");

            doubts.clear();
            assertThat(advisor.findings(trigger).advice()).containsExactly("something to say");
        } finally {
            logger.detachAppender(logged);
        }
    }

    @Test
    void manyWarningsAboutLayoutsAreAFewLines() {
        var logger = (Logger) LoggerFactory.getLogger(Advisor.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        try {
            var advisor = new Advisor(
                    (_, _) -> new LayoutFindings(List.of("something to say"), 0),
                    _ -> List.of(),
                    Runnable::run,
                    () -> now);
            for (int i = 0; i < 300; i++) {
                advisor.mind(TriggerParser.parse(Map.of("keyPattern", "pattern" + i + ":*")));
            }
        } finally {
            logger.detachAppender(appender);
        }

        assertThat(appender.list).hasSize(LogLimit.MOST + 1);
    }

    private static long errors(String task) {
        return InternalErrors.counts().getOrDefault(task, 0L);
    }
}
