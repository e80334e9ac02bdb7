package io.github.redissessionscaler.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ForecastTest {

    private static final Instant MIDNIGHT = Instant.parse("2026-03-02T00:00:00Z");
    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);
    private static final int HOUR = 240;
    private static final int DAY = 24 * HOUR;

    @Test
    void expectsThatARiseContinues() {
        Forecast forecast = read(TWO_MINUTES, rising(HOUR, 10));

        assertThat(forecast.expected(5000, at(HOUR - 1))).isCloseTo(5080, within(3.0));
        assertThat(forecast.expectedWithMargin(5000, at(HOUR - 1))).isCloseTo(5080, within(20.0));
        assertThat(forecast.quality().used()).isTrue();
        assertThat(forecast.quality().errorOfNow()).isCloseTo(80, within(0.1));
        assertThat(forecast.quality().error()).isLessThan(20);
    }

    @Test
    void expectsThatADeclineContinuesButReportsNoLessThanNow() {
        Forecast forecast = read(TWO_MINUTES, rising(HOUR, -10));

        assertThat(forecast.expected(500, at(HOUR - 1))).isCloseTo(420, within(3.0));
        assertThat(forecast.expectedWithMargin(500, at(HOUR - 1))).isEqualTo(500);
    }

    @Test
    void returnsTheCurrentNumberUntilEnoughForecastsWereCompared() {
        // 17 points make a trend, 8 more show its outcome, and 60 outcomes are needed; forgetting makes it a few more
        var forecast = new Forecast(TWO_MINUTES);
        double[] curve = rising(HOUR, 10);
        int point = 0;
        while (forecast.expected(1000, at(Math.max(0, point - 1))) == 1000) {
            forecast.read(curve[point], 0, at(point));
            point++;
        }

        assertThat(point).isBetween(17 + 8 + 60, 17 + 8 + 64);
    }

    @Test
    void takesNoTrendAcrossAnOutage() {
        double[] curve = rising(3 * HOUR, 10);
        var forecast = new Forecast(TWO_MINUTES);
        feed(forecast, curve, 0, HOUR);
        int back = HOUR + 40;

        assertThat(forecast.expected(1000, at(back))).isEqualTo(1000);
        feed(forecast, curve, back, back + 16);
        assertThat(forecast.expected(1000, at(back + 15))).isEqualTo(1000);
        feed(forecast, curve, back + 16, back + 17);
        assertThat(forecast.expected(1000, at(back + 16))).isCloseTo(1080, within(3.0));
    }

    @Test
    void interpolatesAFewMissingReadings() {
        double[] curve = rising(HOUR, 10);
        var all = new Forecast(TWO_MINUTES);
        var some = new Forecast(TWO_MINUTES);
        for (int point = 0; point < HOUR; point++) {
            all.read(curve[point], 0, at(point));
            if (point % 7 < 3 || point == HOUR - 1) {
                some.read(curve[point], 0, at(point));
            }
        }

        assertThat(some.expected(5000, at(HOUR - 1))).isCloseTo(all.expected(5000, at(HOUR - 1)), within(0.01));
    }

    @Test
    void ignoresAReadingThatIsNotLater() {
        Forecast forecast = read(TWO_MINUTES, rising(HOUR, 10));
        double before = forecast.expected(5000, at(HOUR - 1));
        forecast.read(0, 0, at(HOUR - 1));
        forecast.read(0, 0, at(HOUR - 20));

        assertThat(forecast.expected(5000, at(HOUR - 1))).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 100, 3000, 100_000})
    void aBurstOfOneReadingIsNoTrend(double burst) {
        double[] curve = SessionCurve.WEEK.sessions(2, 1, 1);
        int noon = DAY + 12 * HOUR;
        Forecast forecast = new Forecast(TWO_MINUTES);
        feed(forecast, curve, 0, noon);
        double before = forecast.expectedWithMargin(1000, at(noon - 1));
        forecast.read(burst, 0, at(noon));

        assertThat(before).isBetween(1000.0, 1100.0);
        assertThat(forecast.expectedWithMargin(1000, at(noon))).isBetween(1000.0, 1100.0);
        feed(forecast, curve, noon + 1, noon + HOUR);
        assertThat(forecast.expectedWithMargin(1000, at(noon + HOUR - 1))).isBetween(1000.0, 1150.0);
    }

    @Test
    void aDeploymentThatEndsAllSessionsIsNoTrend() {
        double[] curve = SessionCurve.WEEK.sessions(2, 1, 1);
        int noon = DAY + 12 * HOUR;
        for (int point = noon; point < curve.length; point++) {
            curve[point] *= 0.1;
        }
        Forecast forecast = new Forecast(TWO_MINUTES);
        feed(forecast, curve, 0, noon + 1);

        assertThat(forecast.expected(curve[noon], at(noon))).isCloseTo(curve[noon], within(30.0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 7, 1000, 1e12})
    void isAtMostHalfMoreThanNow(double now) {
        Forecast forecast = read(TWO_MINUTES, rising(HOUR, 1e13));

        assertThat(forecast.expected(now, at(HOUR - 1))).isEqualTo(1.5 * now);
        assertThat(forecast.expectedWithMargin(now, at(HOUR - 1))).isEqualTo(1.5 * now);
    }

    @Test
    void belowTheStandardErrorOfAnEstimateThereIsNoTrend() {
        double[] curve = rising(HOUR, 10);
        var forecast = new Forecast(TWO_MINUTES);
        for (int point = 0; point < HOUR; point++) {
            forecast.read(curve[point], point % 2 == 0 ? 70 : 90, at(point));
        }

        assertThat(forecast.expected(5000, at(HOUR - 1))).isEqualTo(5000);
        forecast.read(rising(HOUR + 1, 10)[HOUR], 70, at(HOUR));
        assertThat(forecast.expected(5000, at(HOUR))).isCloseTo(5080, within(3.0));
    }

    @ParameterizedTest
    @EnumSource
    void isNeverWorseThanPersistence(SessionCurve kind) {
        for (Duration ahead : new Duration[] {Duration.ofMinutes(1), TWO_MINUTES, Duration.ofMinutes(3)}) {
            Errors errors = errors(kind.sessions(8, 1, 42), ahead);

            assertThat(errors.forecast()).describedAs(kind + " " + ahead).isLessThanOrEqualTo(1.002 * errors.now());
        }
    }

    @ParameterizedTest
    @CsvSource({"OFFICE, 0.75", "CROWDS, 0.8", "ESTIMATED, 0.95", "WEEK, 0.99"})
    void isBetterWhereThereIsATrend(SessionCurve kind, double part) {
        Errors errors = errors(kind.sessions(8, 1, 42), TWO_MINUTES);

        assertThat(errors.forecast()).isLessThan(part * errors.now());
    }

    @Test
    void fallsBackToPersistenceWhereThereIsNoTrend() {
        double[] curve = SessionCurve.WALK.sessions(8, 1, 42);
        var forecast = new Forecast(TWO_MINUTES);
        long used = IntStream.range(0, curve.length)
                .filter(point -> {
                    forecast.read(curve[point], 0, at(point));
                    return forecast.quality().used();
                })
                .count();

        assertThat(used).isLessThan(curve.length / 10);
    }

    @Test
    void addsTheUsualErrorWherePersistenceIsTheBestForecast() {
        Forecast forecast = read(TWO_MINUTES, SessionCurve.FLAT.sessions(1, 1, 42));
        Instant end = at(DAY - 1);

        assertThat(forecast.quality().used()).isFalse();
        assertThat(forecast.expected(400, end)).isEqualTo(400);
        assertThat(forecast.expectedWithMargin(400, end))
                .isCloseTo(400 + 2 * forecast.quality().errorOfNow(), within(5.0));
        assertThat(forecast.expectedWithMargin(400, end.plus(Forecast.LONGEST_GAP)))
                .isGreaterThan(400);
        assertThat(forecast.expectedWithMargin(
                        400, end.plus(Forecast.LONGEST_GAP).plusMillis(1)))
                .isEqualTo(400);
    }

    @Test
    void usesTheDayBefore() {
        double[] curve = SessionCurve.OFFICE.sessions(3, 1, 42);
        Forecast experienced = new Forecast(Duration.ofMinutes(5));
        Forecast fresh = new Forecast(Duration.ofMinutes(5));
        feed(experienced, curve, 0, 2 * DAY);
        int ahead = 20;
        double withDay = 0;
        double withoutDay = 0;
        for (int point = 2 * DAY; point < 2 * DAY + 11 * HOUR; point++) {
            experienced.read(curve[point], 0, at(point));
            fresh.read(curve[point], 0, at(point));
            withDay += Math.abs(curve[point + ahead] - experienced.expected(curve[point], at(point)));
            withoutDay += Math.abs(curve[point + ahead] - fresh.expected(curve[point], at(point)));
        }

        assertThat(withDay).isLessThan(0.95 * withoutDay);
    }

    @ParameterizedTest
    @CsvSource({
        // kind, hours by which one started later, times as many users, seconds by which it reads later
        "WEEK, 1, 1, 0",
        "CROWDS, 1, 1, 0",
        "LOGOUTS, 1, 1, 0",
        "ESTIMATED, 1, 1, 0",
        "OFFICE, 12, 1, 0",
        "WEEK, 12, 10, 0",
        "WEEK, 12, 100, 0",
        "CROWDS, 12, 10, 0",
        "LOGOUTS, 12, 10, 0",
        "WEEK, 1, 1, 6",
        "CROWDS, 1, 1, 6",
        "LOGOUTS, 1, 1, 6",
        "OFFICE, 12, 1, 6",
        "WEEK, 12, 10, 6"
    })
    void podsAgreeToWithinOneReplica(SessionCurve kind, int later, double size, int offset) {
        double[] curve = kind.sessions(3, size, 42);
        var random = new Random(1);
        var first = new Forecast(TWO_MINUTES);
        var second = new Forecast(TWO_MINUTES);
        int start = DAY + 9 * HOUR - later * HOUR;
        int apart = 0;
        int answers = 0;
        for (int point = 0; point < curve.length - 1; point++) {
            // each reads up to a second after the point
            double lateFirst = random.nextDouble() / 15;
            double lateSecond = (random.nextDouble() + offset) / 15;
            first.read(between(curve, point, lateFirst), 0, at(point, lateFirst));
            if (point >= start) {
                second.read(between(curve, point, lateSecond), 0, at(point, lateSecond));
            }
            if (point >= start + HOUR) {
                double now = between(curve, point, 0.5);
                double one = Math.ceil(first.expectedWithMargin(now, at(point, 0.5)) / 100);
                double other = Math.ceil(second.expectedWithMargin(now, at(point, 0.5)) / 100);
                apart += Math.abs(one - other) > 1 ? 1 : 0;
                answers++;
            }
        }

        assertThat(apart).isLessThanOrEqualTo(answers / 100);
    }

    @Test
    void takesLessThanAKibibyte() throws IllegalAccessException {
        assertThat(size(new Forecast(Forecast.LONGEST))).isLessThan(1024);
    }

    @Test
    void acceptsFrom15SecondsToFiveMinutes() {
        assertThatThrownBy(() -> new Forecast(Duration.ofSeconds(14))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Forecast(Duration.ofSeconds(316))).isInstanceOf(IllegalArgumentException.class);
        assertThat(new Forecast(Duration.ofSeconds(15)).expected(5, MIDNIGHT)).isEqualTo(5);
        for (Duration lookAhead : List.of(Duration.ofMillis(1), Forecast.LONGEST_LOOK_AHEAD)) {
            var forecast = Forecast.forLookAhead(lookAhead);
            feed(forecast, rising(2 * HOUR, 10), 0, 2 * HOUR);
            assertThat(forecast.expected(5000, at(2 * HOUR - 1))).isBetween(5009.0, 5211.0);
        }
    }

    private record Errors(double forecast, double now) {}

    private static Errors errors(double[] curve, Duration ahead) {
        int points = (int) ahead.dividedBy(Forecast.INTERVAL);
        var forecast = new Forecast(ahead);
        double error = 0;
        double errorOfNow = 0;
        for (int point = 0; point < curve.length - points; point++) {
            forecast.read(curve[point], 0, at(point));
            error += Math.abs(curve[point + points] - forecast.expected(curve[point], at(point)));
            errorOfNow += Math.abs(curve[point + points] - curve[point]);
        }
        return new Errors(error / curve.length, errorOfNow / curve.length);
    }

    private static double[] rising(int points, double step) {
        double first = step > 0 ? 1000 : 1000 - step * points;
        return IntStream.range(0, points)
                .mapToDouble(point -> first + step * point)
                .toArray();
    }

    private static Forecast read(Duration ahead, double[] curve) {
        var forecast = new Forecast(ahead);
        feed(forecast, curve, 0, curve.length);
        return forecast;
    }

    private static void feed(Forecast forecast, double[] curve, int from, int to) {
        for (int point = from; point < to; point++) {
            forecast.read(curve[point], 0, at(point));
        }
    }

    private static double between(double[] curve, int point, double part) {
        return Math.rint(curve[point] + part * (curve[point + 1] - curve[point]));
    }

    private static Instant at(int point) {
        return at(point, 0);
    }

    private static Instant at(int point, double part) {
        return MIDNIGHT.plus(Forecast.INTERVAL.multipliedBy(point)).plusMillis((long) (part * 15_000));
    }

    /** The memory of an object and those that only it refers to: headers of 12 bytes, references of 4, whole 8 bytes. */
    private static long size(Object object) throws IllegalAccessException {
        long bytes = 12;
        long others = 0;
        for (Field field : object.getClass().getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                Class<?> type = field.getType();
                bytes += type == long.class || type == double.class ? 8 : 4;
                if (!type.isPrimitive()) {
                    field.setAccessible(true);
                    Object value = field.get(object);
                    others += type.isArray() ? arraySize(value, type) : size(value);
                }
            }
        }
        return (bytes + 7) / 8 * 8 + others;
    }

    private static long arraySize(Object array, Class<?> type) {
        long element = type == double[].class ? 8 : 4;
        return (16 + element * Array.getLength(array) + 7) / 8 * 8;
    }
}
