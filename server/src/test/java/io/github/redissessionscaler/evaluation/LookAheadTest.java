package io.github.redissessionscaler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.diagnosis.EvictionMonitor;
import io.github.redissessionscaler.diagnosis.LayoutFindings;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.forecast.Forecast;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.reading.RedisReader;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a trigger with {@code lookAhead} reports, on readings that a test makes up. */
final class LookAheadTest {

    private static final Map<String, String> PLAIN = Map.of();
    private static final Map<String, String> AHEAD = Map.of("lookAhead", "2m");
    private static final int HOUR = 240;

    private final Logger logger = (Logger) LoggerFactory.getLogger(Evaluator.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final StubKeyspace keyspace = new StubKeyspace();
    private Instant now = Instant.parse("2026-03-02T08:00:00Z");
    private final Telemetry telemetry = new Telemetry(() -> now, Duration.ofSeconds(2));
    private final SourceCounter counter = new SourceCounter(_ -> keyspace, () -> now);
    private final TriggerStates states =
            new TriggerStates(() -> 1_000, () -> 100, HistoryBudget.unrecorded(RunningReplicas.UNKNOWN), () -> now);
    private final List<String> denied = new ArrayList<>();
    private final Evaluator evaluator = new Evaluator(
            new RedisReader(_ -> keyspace, counter, Runnable::run, telemetry, () -> now),
            new OutagePolicy(() -> Duration.ZERO, () -> now),
            states,
            ref -> {
                if (denied.contains(ref.namespace())) {
                    throw new AccessDeniedException("as the test wants it");
                }
            },
            new LayoutMonitor((_, _) -> LayoutFindings.NONE, _ -> List.of(), Runnable::run, () -> now),
            new EvictionMonitor(_ -> keyspace, Runnable::run, telemetry, () -> now));
    private final LookAheadReads reads = new LookAheadReads(evaluator, states, Runnable::run, Duration.ofMinutes(1));

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
    void reportsTheForecastOfItsOwnReadings() {
        value(PLAIN);
        assertThat(value(AHEAD)).isZero();
        pass(HOUR, point -> 1000 + 10L * point);

        assertThat(value(PLAIN)).isEqualTo(3390);
        // two minutes and 15 s ahead are nine steps of 10
        assertThat(value(AHEAD)).isBetween(3475.0, 3510.0);
        ForecastStatus status = status(AHEAD);
        assertThat(status.sessions().orElseThrow().now()).isEqualTo(3390);
        assertThat(status.sessions().orElseThrow().expected()).isBetween(3475.0, 3485.0);
        assertThat(status.sessions().orElseThrow().reported()).isEqualTo(value(AHEAD));
        assertThat(status.quality().used()).isTrue();
        assertThat(status.inWords())
                .matches("In 2m, 3,4\\d\\d sessions are expected; with a margin, 3,\\d{3} are reported\\. The forecasts"
                        + " of the last hours had a mean error of [\\d.]+ sessions, the current number one of"
                        + " 90\\.");
        assertThat(appender.list).isEmpty();
    }

    @Test
    void readsWhereKedaAsksToo() {
        for (int point = 0; point < HOUR; point++) {
            long sessions = 1000 + 10L * point;
            keyspace.size(() -> sessions);
            now = now.plus(Forecast.INTERVAL);
            value(AHEAD);
        }

        assertThat(value(AHEAD)).isBetween(3475.0, 3510.0);
        assertThat(Futures.await(evaluator.active(ref(AHEAD), deadline()))).isTrue();
        assertThat(state(AHEAD).lastReport().orElseThrow().valueOrNaN()).isEqualTo(value(AHEAD));
    }

    @Test
    void addsHeadroomAndRoundsTheForecast() {
        Map<String, String> spare = Map.of("lookAhead", "2m", "headroom", "10%");
        Map<String, String> whole = Map.of("lookAhead", "2m", "headroom", "10%", "wholeReplicas", "true");
        value(AHEAD);
        value(spare);
        value(whole);
        pass(HOUR, point -> 1000 + 10L * point);

        assertThat(value(spare)).isCloseTo(1.1 * value(AHEAD), within(0.001));
        assertThat(value(whole)).isEqualTo(3900);
    }

    @Test
    void isActiveByTheCurrentSessions() {
        Map<String, String> above = Map.of("lookAhead", "2m", "activationSessionSize", "3400");
        value(above);
        pass(HOUR, point -> 1000 + 10L * point);

        assertThat(value(above)).isGreaterThan(3400);
        assertThat(Futures.await(evaluator.active(ref(above), deadline()))).isFalse();
    }

    /** Only if all of its sources are numbers that Redis keeps. */
    @Test
    void addsUpSeveralSources() {
        Map<String, String> both = Map.of("lookAhead", "2m", "sources", "[{databaseIndex: 0}, {databaseIndex: 1}]");
        Map<String, String> onePattern = Map.of(
                "lookAhead", "2m", "sources", "[{databaseIndex: 0}, {databaseIndex: 1, keyPattern: 'session:*'}]");
        value(both);
        assertThat(states.of(ref(onePattern)).looksAhead()).isTrue();
        pass(HOUR, point -> 500 + 5L * point);

        assertThat(value(both)).isBetween(3475.0, 3510.0);
        assertThat(status(both).sessions().orElseThrow().now()).isEqualTo(3390);
        assertThat(status(onePattern).quality().known()).isFalse();
    }

    @Test
    void isActiveByItsKeyWhateverIsExpected() {
        Map<String, String> flagged = Map.of("lookAhead", "2m", "activeKey", "open");
        value(flagged);
        pass(HOUR, point -> 1000 + 10L * point);

        assertThat(value(flagged)).isGreaterThan(3450);
        assertThat(Futures.await(evaluator.active(ref(flagged), deadline()))).isFalse();
        keyspace.value(() -> Optional.of("1"));
        assertThat(Futures.await(evaluator.active(ref(flagged), deadline()))).isTrue();
    }

    @Test
    void reportsNoLessThanNow() {
        value(PLAIN);
        value(AHEAD);
        pass(HOUR, point -> 5000 - 10L * point);

        assertThat(value(AHEAD)).isEqualTo(value(PLAIN)).isEqualTo(2610);
        assertThat(status(AHEAD).sessions().orElseThrow().expected()).isLessThan(2550);
    }

    @Test
    void reportsAtMostHalfMoreThanNow() {
        value(AHEAD);
        pass(HOUR, point -> 1000 + 1000L * point);
        keyspace.size(() -> 100L);

        assertThat(value(AHEAD)).isEqualTo(150);
    }

    @Test
    void holdsWhatWasReportedAndHasNoForecastForFourMinutesAfterAnOutage() {
        Map<String, String> hold = Map.of("lookAhead", "2m", "onUnavailable", "hold", "holdFor", "1h");
        value(hold);
        pass(HOUR, point -> 1000 + 10L * point);
        double before = value(hold);
        assertThat(before).isGreaterThan(3450);
        keyspace.size(StubKeyspace.failing(Reason.UNREACHABLE));
        assertThat(value(hold)).isEqualTo(before);
        assertThat(status(hold).sessions()).isEmpty();
        assertThat(status(hold).inWords()).isEqualTo("There is no forecast without a count from Redis.");
        for (int point = 0; point < 20; point++) {
            now = now.plus(Forecast.INTERVAL);
            reads.read();
        }
        assertThat(value(hold)).isEqualTo(before);

        pass(16, point -> 3600 + 10L * point);
        assertThat(value(hold)).isEqualTo(3750);
        assertThat(status(hold).inWords()).startsWith("There is no forecast");
        pass(1, _ -> 3760);
        assertThat(value(hold)).isGreaterThan(3840);
    }

    @Test
    void reportsNothingElseInAnOutageUnderTheOtherPolicies() {
        Map<String, String> minimum = Map.of("lookAhead", "2m");
        Map<String, String> error = Map.of("lookAhead", "2m", "onUnavailable", "error");
        value(minimum);
        value(error);
        pass(HOUR, point -> 1000 + 10L * point);
        assertThat(value(minimum)).isEqualTo(value(error)).isGreaterThan(3450);
        keyspace.size(StubKeyspace.failing(Reason.UNREACHABLE));

        assertThat(value(minimum)).isZero();
        assertThatThrownBy(() -> value(error)).hasRootCauseInstanceOf(KeyspaceException.class);
    }

    @Test
    void changedMetadataOfTheSameCountKeepTheForecast() {
        value(AHEAD);
        pass(HOUR, point -> 1000 + 10L * point);
        double before = value(AHEAD);

        assertThat(value(Map.of("lookAhead", "2m", "sessionSize", "50"))).isEqualTo(before);
        assertThat(value(Map.of("lookAhead", "2m", "headroom", "100"))).isEqualTo(before + 100);
        assertThat(value(Map.of("lookAhead", "1m"))).isEqualTo(3390);
        assertThat(value(Map.of("lookAhead", "2m", "databaseIndex", "1"))).isEqualTo(3390);
        assertThat(Futures.await(
                        evaluator.value(new TriggerRef("shop", "other", TriggerParser.parse(AHEAD)), deadline())))
                .isEqualTo(3390);
    }

    /** It must neither keep an empty application awake nor start one. */
    @Test
    void anEmptyApplicationIsInactiveAndZero() {
        Map<String, String> zero = Map.of("lookAhead", "2m", "activationSessionSize", "0");
        value(zero);
        pass(HOUR, point -> 1000 + 10L * point);
        keyspace.size(() -> 0L);

        assertThat(value(zero)).isZero();
        assertThat(Futures.await(evaluator.active(ref(zero), deadline()))).isFalse();
        pass(HOUR, _ -> 0);
        assertThat(value(zero)).isZero();
        assertThat(Futures.await(evaluator.active(ref(zero), deadline()))).isFalse();
    }

    /** A process that was stopped and goes on reads everything that was due at once. */
    @Test
    void aStoppedProcessHasNoForecastAcrossItsGap() {
        value(AHEAD);
        pass(HOUR, point -> 1000 + 10L * point);
        now = now.plus(Duration.ofMinutes(30));
        for (int missed = 0; missed < 120; missed++) {
            now = now.plusMillis(1);
            reads.read();
        }

        assertThat(value(AHEAD)).isEqualTo(3390);
        pass(17, point -> 3390 + 10L * point);
        assertThat(value(AHEAD)).isBetween(3630.0, 3670.0);
    }

    @Test
    void fallsBackToTheCurrentSessionsAndLogsItOnce() {
        Map<String, String> whole = Map.of("lookAhead", "2m", "metricName", "steady");
        value(whole);
        pass(4 * HOUR, point -> 1000 + 10L * (point % 2));
        assertThat(value(whole)).isBetween(1010.0, 1030.0);

        assertThat(status(whole).quality().fellBack()).isTrue();
        assertThat(status(whole).sessions().orElseThrow().expected()).isEqualTo(1010);
        assertThat(status(whole).inWords()).startsWith("The forecasts of the last hours were not better");
        assertThat(appender.list).hasSize(1);
        assertThat(appender.list.getFirst().getFormattedMessage())
                .isEqualTo("lookAhead uses the current sessions until its forecasts are better than that");
        assertThat(appender.list.getFirst().getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .containsExactly("namespace=shop", "scaledObject=web", "metric=steady");
    }

    @Test
    void onlyTriggersWithLookAheadAreRead() {
        value(PLAIN);
        value(AHEAD);
        value(Map.of("lookAhead", "0s"));
        List<Instant> sizes = new ArrayList<>();
        keyspace.size(() -> {
            sizes.add(now);
            return 1L;
        });

        reads.read();
        assertThat(sizes).hasSize(1);

        denied.add("shop");
        reads.read();
        assertThat(sizes).hasSize(1);
    }

    /** A scan costs far more than a number that Redis keeps. */
    @Test
    void countsByPatternAreNotReadWithoutACall() {
        assertThat(states.of(ref(Map.of("lookAhead", "2m", "keyPattern", "session:*")))
                        .looksAhead())
                .isTrue();
        List<Instant> sizes = new ArrayList<>();
        keyspace.size(() -> {
            sizes.add(now);
            return 1L;
        });
        reads.read();

        assertThat(sizes).isEmpty();
    }

    @Test
    void readsDoNotKeepATriggerThatKedaHasForgotten() {
        value(AHEAD);
        now = now.plus(TriggerStates.FORGOTTEN_AFTER).plusMillis(1);
        reads.read();
        states.forgetUnused();

        assertThat(states.all()).isEmpty();
    }

    @Test
    void takesAtMostOneKibibyte() throws IllegalAccessException {
        Map<String, String> longest = Map.of("lookAhead", "5m");
        value(longest);
        pass(1, _ -> 1000);
        value(longest);

        assertThat(forecastOf(state(longest)))
                .isInstanceOfSatisfying(
                        TriggerForecast.class,
                        forecast -> assertThat(size(forecast)).isBetween(512L, 1024L));
        assertThat(forecastOf(states.of(ref(PLAIN)))).isNull();
    }

    private static Object forecastOf(TriggerState state) throws IllegalAccessException {
        for (Field field : TriggerState.class.getDeclaredFields()) {
            if (field.getType() == TriggerForecast.class) {
                field.setAccessible(true);
                return field.get(state);
            }
        }
        throw new AssertionError("no forecast");
    }

    /** The memory of an object and those that only it refers to: headers of 12 bytes, references of 4, whole 8 bytes. */
    private static long size(Object object) {
        try {
            long bytes = 12;
            long others = 0;
            for (Field field : object.getClass().getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    Class<?> type = field.getType();
                    bytes += type == long.class || type == double.class ? 8 : type == boolean.class ? 1 : 4;
                    if (!type.isPrimitive()) {
                        field.setAccessible(true);
                        Object value = field.get(object);
                        others += type.isArray() ? arraySize(value, type) : value == null ? 0 : size(value);
                    }
                }
            }
            return (bytes + 7) / 8 * 8 + others;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static long arraySize(Object array, Class<?> type) {
        long element = type == double[].class ? 8 : 4;
        return (16 + element * Array.getLength(array) + 7) / 8 * 8;
    }

    /** Lets the timer read this many points, without a call from KEDA. */
    private void pass(int points, IntToLongFunction sessions) {
        for (int point = 0; point < points; point++) {
            long current = sessions.applyAsLong(point);
            keyspace.size(() -> current);
            now = now.plus(Forecast.INTERVAL);
            reads.read();
        }
    }

    private double value(Map<String, String> metadata) {
        return Futures.await(evaluator.value(ref(metadata), deadline()));
    }

    private ForecastStatus status(Map<String, String> metadata) {
        return state(metadata).forecast().orElseThrow();
    }

    private TriggerState state(Map<String, String> metadata) {
        return states.all().stream()
                .filter(state -> state.ref().equals(ref(metadata)))
                .findFirst()
                .orElseThrow();
    }

    private static TriggerRef ref(Map<String, String> metadata) {
        return new TriggerRef("shop", "web", TriggerParser.parse(metadata));
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofMinutes(1));
    }
}
