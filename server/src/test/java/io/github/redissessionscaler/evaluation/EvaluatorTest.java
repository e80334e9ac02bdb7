package io.github.redissessionscaler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.diagnosis.EvictionMonitor;
import io.github.redissessionscaler.diagnosis.LayoutFindings;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.history.TriggerReport.Basis;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.reading.RedisReader;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a trigger is answered by its readings, which a test makes up. */
final class EvaluatorTest {

    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Map<String, String> PLAIN = Map.of();
    private static final Map<String, String> FLAG = Map.of("activeKey", "active");

    private final Logger logger = (Logger) LoggerFactory.getLogger(Evaluator.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final StubKeyspace keyspace = new StubKeyspace();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Telemetry telemetry = new Telemetry(() -> now, Duration.ofSeconds(2));
    private final SourceCounter counter = new SourceCounter(_ -> keyspace, () -> now);
    private final TriggerStates states =
            new TriggerStates(() -> 1_000, () -> 100, HistoryBudget.unrecorded(RunningReplicas.UNKNOWN), () -> now);
    private final Evaluator evaluator = new Evaluator(
            new RedisReader(_ -> keyspace, counter, Runnable::run, telemetry, () -> now),
            new OutagePolicy(() -> GRACE, () -> now),
            states,
            _ -> {},
            new LayoutMonitor((_, _) -> LayoutFindings.NONE, _ -> List.of(), Runnable::run, () -> now),
            new EvictionMonitor(_ -> keyspace, Runnable::run, telemetry, () -> now));

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void close() {
        logger.detachAppender(appender);
        logger.setLevel(null);
        counter.close();
        telemetry.close();
    }

    @Test
    void graceCountsFromTheFirstReadingThatFails() {
        keyspace.size(() -> 7L);
        assertAnswered(PLAIN, 7, true);

        now = now.plus(Duration.ofHours(1));
        keyspace.size(StubKeyspace.failing(Reason.UNREACHABLE));
        assertAnswered(PLAIN, 7, true);
        now = now.plus(GRACE).minusMillis(1);
        assertAnswered(PLAIN, 7, true);
        now = now.plusMillis(1);
        assertAnswered(PLAIN, 0, false);

        keyspace.size(() -> 8L);
        assertAnswered(PLAIN, 8, true);
        keyspace.size(StubKeyspace.failing(Reason.UNREACHABLE));
        assertAnswered(PLAIN, 8, true);
    }

    @Test
    void bothRpcsGoByTheSameReading() {
        keyspace.size(() -> 7L);
        keyspace.value(() -> Optional.of("1"));
        assertAnswered(FLAG, 7, true);

        keyspace.value(StubKeyspace.failing(Reason.UNREACHABLE));
        now = now.plus(GRACE);
        assertAnswered(FLAG, 7, true);
        now = now.plus(GRACE);
        assertAnswered(FLAG, 0, false);

        keyspace.value(() -> Optional.of("1"));
        keyspace.size(StubKeyspace.failing(Reason.WRONGTYPE));
        now = now.plus(GRACE);
        assertAnswered(FLAG, 0, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimum", "hold", "error"})
    void anErrorOfOurOwnIsAnErrorAndNeverANumber(String policy) {
        Map<String, String> metadata = Map.of("onUnavailable", policy);
        keyspace.size(() -> 7L);
        assertAnswered(metadata, 7, true);
        long before = InternalErrors.counts().getOrDefault("read", 0L);

        keyspace.size(() -> {
            throw new StackOverflowError();
        });
        assertUnavailable(metadata, Reason.INTERNAL);
        assertThat(InternalErrors.counts().get("read")).isGreaterThan(before);
        keyspace.size(() -> {
            throw new ClassCastException("a fault of ours");
        });
        assertUnavailable(metadata, Reason.INTERNAL);

        keyspace.size(() -> 8L);
        assertAnswered(metadata, 8, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimum", "hold", "error"})
    void aFirstCountThatIsNotThereIsNoZero(String policy) {
        keyspace.size(StubKeyspace.failing(Reason.NOT_COUNTED));

        assertUnavailable(Map.of("onUnavailable", policy), Reason.NOT_COUNTED);

        TriggerState state = List.copyOf(states.all()).getFirst();
        assertThat(state.outageSince()).isEmpty();
        assertThat(state.uncountedSince()).hasValue(now);
        assertThat(state.sessions()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"OTHER", "NOT_COUNTED", "INTERNAL"})
    void aReadThatFailsInARoundDoesNotFailThoseOfOtherTriggers(Reason reason) {
        keyspace.size(StubKeyspace.failing(reason));
        Evaluator once = evaluator.forOneRound();
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> Futures.await(once.active(ref(Map.of("onUnavailable", "error")), deadline())));

        assertThat(Futures.await(once.active(ref(Map.of("key", "online")), deadline())))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"UNREACHABLE", "TIMEOUT", "NOAUTH", "LOADING"})
    void aRoundReadsNothingMoreFromARedisThatIsUnavailable(Reason reason) {
        keyspace.size(StubKeyspace.failing(reason));
        var read = new AtomicBoolean();
        keyspace.value(() -> {
            read.set(true);
            return Optional.of("1");
        });
        Evaluator once = evaluator.forOneRound();

        assertThat(Futures.await(once.active(ref(PLAIN), deadline()))).isFalse();
        assertThat(Futures.await(once.active(ref(FLAG), deadline()))).isFalse();

        assertThat(read).isFalse();
    }

    /** An outage is what Redis does. For how long a value is held counts from the first reading that fails. */
    @Test
    void aCountThatIsMissingIsNoOutageAndDoesNotProlongOne() {
        Map<String, String> hold = Map.of("onUnavailable", "hold", "holdFor", "1m");
        keyspace.size(() -> 7L);
        assertAnswered(hold, 7, true);
        TriggerState state = List.copyOf(states.all()).getFirst();

        keyspace.size(StubKeyspace.failing(Reason.UNREACHABLE));
        Instant first = now;
        assertAnswered(hold, 7, true);
        assertThat(state.outageSince()).hasValue(first);

        now = now.plusSeconds(40);
        keyspace.size(StubKeyspace.failing(Reason.NOT_COUNTED));
        assertUnavailable(hold, Reason.NOT_COUNTED);
        assertThat(state.outageSince()).isEmpty();
        assertThat(state.uncountedSince()).hasValue(now);

        now = now.plusSeconds(19);
        keyspace.size(StubKeyspace.failing(Reason.UNREACHABLE));
        assertAnswered(hold, 7, true);
        assertThat(state.outageSince()).hasValue(now);
        assertThat(state.uncountedSince()).isEmpty();
        now = now.plusSeconds(2);
        assertAnswered(hold, 0, false);

        keyspace.size(() -> 8L);
        assertAnswered(hold, 8, true);
        assertThat(state.outageSince()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"NOPERM", "WRONGTYPE", "NOT_A_NUMBER", "OTHER"})
    void whatIsRefusedIsLoggedOnceWithTheScaledObject(Reason reason) {
        keyspace.size(StubKeyspace.failing(reason));
        assertAnswered(PLAIN, 0, false);
        assertAnswered(PLAIN, 0, false);

        assertThat(appender.list).hasSize(1);
        ILoggingEvent event = appender.list.getFirst();
        assertThat(event.getFormattedMessage()).startsWith("Redis refuses the read of a trigger");
        assertThat(event.getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .contains("namespace=shop", "scaledObject=web", "reason=" + reason);
    }

    @Test
    void manyTriggersThatAreRefusedAreAFewLines() {
        keyspace.size(StubKeyspace.failing(Reason.WRONGTYPE));
        for (int i = 0; i < 300; i++) {
            assertAnswered(Map.of("metricName", "m" + i), 0, false);
        }
        assertThat(appender.list).hasSize(LogLimit.MOST + 1);

        now = now.plus(LogLimit.WITHIN);
        assertAnswered(Map.of("metricName", "another"), 0, false);

        assertThat(appender.list).hasSize(LogLimit.MOST + 3);
        assertThat(appender.list.get(LogLimit.MOST + 1).getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .containsExactly("number=" + (300 - LogLimit.MOST));
    }

    @Test
    void manyTargetsThatAreMissingAreAFewLines() {
        for (int i = 0; i < 300; i++) {
            assertAnswered(Map.of("sessionSizeKey", "target" + i), 0, true);
        }

        assertThat(appender.list).hasSize(LogLimit.MOST + 1);
    }

    @Test
    void whatConcernsTheWholeDatabaseIsNotLoggedForEachTrigger() {
        keyspace.size(StubKeyspace.failing(Reason.TIMEOUT));
        assertAnswered(PLAIN, 0, false);

        assertThat(appender.list).isEmpty();
    }

    @Test
    void whatNobodyKnowsIsNeitherActiveNorInactive() {
        Map<String, String> metadata = Map.of("onUnavailable", "error");
        keyspace.size(StubKeyspace.failing(Reason.UNREACHABLE));
        assertUnavailable(metadata, Reason.UNREACHABLE);

        TriggerState state = List.copyOf(states.all()).getFirst();
        assertThat(state.report()).isEmpty();
        assertThat(state.lastReport())
                .hasValue(new TriggerReport(Basis.ERROR, OptionalDouble.empty(), 100, false, now));
    }

    /** One record of each answer: what it rests on, and, in an error, what the HPA goes on with. */
    @Test
    void whatWasReportedIsKeptWithItsBasis() {
        Map<String, String> hold = Map.of("onUnavailable", "hold", "holdFor", "1m", "headroom", "3");
        keyspace.size(() -> 7L);
        assertAnswered(hold, 10, true);
        assertReported(Basis.MEASURED, 10, true, now);

        keyspace.size(StubKeyspace.failing(Reason.UNREACHABLE));
        now = now.plusSeconds(59);
        assertAnswered(hold, 10, true);
        assertReported(Basis.HELD, 10, true, now);
        now = now.plusSeconds(60);
        assertAnswered(hold, 0, false);
        assertReported(Basis.MINIMUM, 0, false, now);

        keyspace.size(() -> 8L);
        assertAnswered(hold, 11, true);
        Instant before = now;
        now = now.plusSeconds(1);
        keyspace.size(() -> {
            throw new ClassCastException("a fault of ours");
        });
        assertUnavailable(hold, Reason.INTERNAL);
        assertReported(Basis.ERROR, 11, true, before);
    }

    private void assertReported(Basis basis, double value, boolean active, Instant at) {
        assertThat(List.copyOf(states.all()).getFirst().lastReport())
                .hasValue(new TriggerReport(basis, OptionalDouble.of(value), 100, active, at));
    }

    private void assertAnswered(Map<String, String> metadata, double value, boolean active) {
        assertThat(Futures.await(evaluator.value(ref(metadata), deadline()))).isEqualTo(value);
        assertThat(Futures.await(evaluator.active(ref(metadata), deadline()))).isEqualTo(active);
    }

    private void assertUnavailable(Map<String, String> metadata, Reason reason) {
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> Futures.await(evaluator.value(ref(metadata), deadline())))
                .withMessageStartingWith(reason + ": ");
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> Futures.await(evaluator.active(ref(metadata), deadline())))
                .withMessageStartingWith(reason + ": ");
    }

    private static TriggerRef ref(Map<String, String> metadata) {
        return new TriggerRef("shop", "web", TriggerParser.parse(metadata));
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofMinutes(1));
    }
}
