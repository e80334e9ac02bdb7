package io.github.redissessionscaler.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What looks beside the calls looks again after an error that nobody expects. */
final class LayoutMonitorTest {

    private final AtomicInteger looks = new AtomicInteger();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void evictionsAreLookedAtAgainAfterAnError() {
        long before = errors("eviction check");
        try (var telemetry = new Telemetry(() -> now, Duration.ofSeconds(2))) {
            var evictions = new EvictionMonitor(
                    _ -> {
                        looks.incrementAndGet();
                        throw new StackOverflowError();
                    },
                    Runnable::run,
                    telemetry,
                    () -> now);
            var database = new Database("default", OptionalInt.empty());

            evictions.checkIfDue(database);
            evictions.checkIfDue(database);
            assertThat(looks).hasValue(1);
            now = now.plus(Duration.ofMinutes(1));
            evictions.checkIfDue(database);

            assertThat(looks).hasValue(2);
            assertThat(errors("eviction check")).isEqualTo(before + 2);
        }
    }

    @Test
    void keysAreLookedAtAgainAfterAnError() {
        long before = errors("look at keys");
        var found = new LayoutFindings(List.of("something to say"), 0);
        Trigger trigger = TriggerParser.parse(Map.of());
        var layoutMonitor = new LayoutMonitor(
                (_, _) -> {
                    if (looks.incrementAndGet() == 1) {
                        throw new StackOverflowError();
                    }
                    return found;
                },
                _ -> List.of(),
                Runnable::run,
                () -> now);

        assertThat(layoutMonitor.findings(trigger, Deadline.in(Duration.ofSeconds(10))))
                .isCompletedWithValue(LayoutFindings.NONE);
        assertThat(errors("look at keys")).isEqualTo(before + 1);
        now = now.plus(Duration.ofMinutes(10));
        layoutMonitor.checkIfDue(trigger);

        assertThat(layoutMonitor.findings(trigger)).isEqualTo(found);
    }

    @Test
    void fewChecksRunAtATimeHoweverManyTriggersThereAre() {
        Deque<Runnable> threads = new ArrayDeque<>();
        var layoutMonitor = new LayoutMonitor(
                (_, _) -> {
                    looks.incrementAndGet();
                    return LayoutFindings.NONE;
                },
                _ -> List.of(),
                threads::add,
                () -> now);
        for (int i = 0; i < 3_000; i++) {
            layoutMonitor.checkIfDue(TriggerParser.parse(Map.of("key", "key-" + i)));
        }
        assertThat(threads).hasSize(4);

        while (!threads.isEmpty()) {
            threads.remove().run();
        }
        // those that had no room are checked later
        assertThat(looks).hasValue(1_004);
        now = now.plus(Duration.ofMinutes(1));
        layoutMonitor.checkIfDue(TriggerParser.parse(Map.of("key", "key-2999")));
        assertThat(threads).hasSize(1);
    }

    @Test
    void moreTriggersThanAreRememberedAreNotCheckedAtEachPoll() {
        var layoutMonitor = new LayoutMonitor(
                (_, _) -> {
                    looks.incrementAndGet();
                    return LayoutFindings.NONE;
                },
                _ -> List.of(),
                Runnable::run,
                () -> now);
        List<Trigger> triggers = IntStream.range(0, 1_500)
                .mapToObj(i -> TriggerParser.parse(Map.of("key", "key-" + i)))
                .toList();

        for (int poll = 0; poll < 3; poll++) {
            triggers.forEach(layoutMonitor::checkIfDue);
        }
        assertThat(looks).hasValue(2_000);

        now = now.plus(Duration.ofMinutes(10));
        triggers.forEach(layoutMonitor::checkIfDue);
        assertThat(looks).hasValue(3_500);
    }

    @Test
    void whatCountingDoubtsIsSaidAtOnceAndLoggedOnce() {
        List<String> doubts = new ArrayList<>();
        Trigger trigger = TriggerParser.parse(Map.of());
        var layoutMonitor = new LayoutMonitor(
                (_, _) -> new LayoutFindings(List.of("something to say"), 0),
                _ -> List.copyOf(doubts),
                Runnable::run,
                () -> now);
        var logger = (Logger) LoggerFactory.getLogger(LayoutMonitor.class);
        var logged = new ListAppender<ILoggingEvent>();
        logged.start();
        logger.addAppender(logged);
        try {
            layoutMonitor.checkIfDue(trigger);
            doubts.add("half of the keys are missing");
            layoutMonitor.checkIfDue(trigger);
            layoutMonitor.checkIfDue(trigger);

            assertThat(layoutMonitor.findings(trigger).advice())
                    .containsExactlyInAnyOrder("something to say", "half of the keys are missing");
            assertThat(layoutMonitor.findings(trigger, Deadline.in(Duration.ofSeconds(10))))
                    .isCompletedWithValue(layoutMonitor.findings(trigger));
            assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("something to say", "half of the keys are missing");

            doubts.clear();
            assertThat(layoutMonitor.findings(trigger).advice()).containsExactly("something to say");
        } finally {
            logger.detachAppender(logged);
        }
    }

    @Test
    void aWarningWithOtherNumbersIsNotLoggedAgain() {
        List<String> advice = new ArrayList<>(List.of("all keys count, but only about 1,234.5 of 9,000 are sessions"));
        Trigger trigger = TriggerParser.parse(Map.of());
        var layoutMonitor =
                new LayoutMonitor((_, _) -> new LayoutFindings(advice, 0), _ -> List.of(), Runnable::run, () -> now);
        var logger = (Logger) LoggerFactory.getLogger(LayoutMonitor.class);
        var logged = new ListAppender<ILoggingEvent>();
        logged.start();
        logger.addAppender(logged);
        try {
            layoutMonitor.checkIfDue(trigger);
            advice.set(0, "all keys count, but only about 987 of 10,000 are sessions");
            advice.add("something else");
            now = now.plus(Duration.ofMinutes(10));
            layoutMonitor.checkIfDue(trigger);

            assertThat(layoutMonitor.findings(trigger).advice()).isEqualTo(advice);
            assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("all keys count, but only about 1,234.5 of 9,000 are sessions", "something else");
        } finally {
            logger.detachAppender(logged);
        }
    }

    @Test
    void manyWarningsAboutLayoutsAreAFewLines() {
        var logger = (Logger) LoggerFactory.getLogger(LayoutMonitor.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        try {
            var layoutMonitor = new LayoutMonitor(
                    (_, _) -> new LayoutFindings(List.of("something to say"), 0),
                    _ -> List.of(),
                    Runnable::run,
                    () -> now);
            for (int i = 0; i < 300; i++) {
                layoutMonitor.checkIfDue(TriggerParser.parse(Map.of("keyPattern", "pattern" + i + ":*")));
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
