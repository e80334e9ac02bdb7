package io.github.redissessionscaler.forecast;

import java.time.Duration;
import java.time.Instant;

/**
 * A forecast of the number of sessions of one trigger, a fixed time ahead, by a damped trend. The trend consists of the rise of the
 * last minute, the rise of the last four minutes and, after a day of readings, the rise at this time of the day before. How far
 * each of them continues follows from how far it continued in the last hours ({@link Damping}). Holt's method does not damp the
 * trend; Gardner's and McKenzie's damps it by a factor that is fitted once; here the factors are fitted again with each reading.
 *
 * <p>Readings are converted to points at whole multiples of {@link #INTERVAL} since 1970, by linear interpolation. So two scalers
 * that read the same source compute the same forecast after the same hours of readings, even if they started at different times.
 * What was learned fades with a half-life of {@link #HALF_LIFE}, and no reading is stored for more than 25 hours.
 *
 * <p>There is no forecast, and the result is the current number,
 *
 * <ul>
 *   <li>until the forecasts of {@link #LEARNING} have been compared with the numbers that followed,
 *   <li>for four minutes after {@link #LONGEST_GAP} without a reading, so that no trend crosses an outage,
 *   <li>when there has been no reading for {@link #LONGEST_GAP}.
 * </ul>
 *
 * <p>While the forecasts of the last hours were not better than persistence (the number stays as it is), persistence is used. A
 * step between two points, such as a deployment that ends all sessions, is not a trend, and neither is a rise smaller than the
 * standard error of the last reading. Takes less than 1 KiB. Not thread-safe.
 *
 * @see <a href="https://doi.org/10.1016/j.ijforecast.2003.09.015">Holt, Forecasting seasonals and trends by exponentially
 *     weighted moving averages, 1957, reprinted 2004</a>
 * @see <a href="https://doi.org/10.1287/mnsc.31.10.1237">Gardner and McKenzie, Forecasting trends in time series, 1985</a>
 */
public final class Forecast {

    /** The interval between readings, which should be at its whole multiples since 1970. */
    public static final Duration INTERVAL = Duration.ofSeconds(15);

    /** The longest {@code lookAhead}. */
    public static final Duration LONGEST_LOOK_AHEAD = Duration.ofMinutes(5);

    /** The longest time ahead: the longest {@code lookAhead}, plus the time until the HPA's next request. */
    public static final Duration LONGEST = LONGEST_LOOK_AHEAD.plus(INTERVAL);

    /** The longest time between two readings that is interpolated. */
    public static final Duration LONGEST_GAP = Duration.ofMinutes(2);

    /** Forecasts are used after the forecasts of this time have been compared with the numbers that followed. */
    public static final Duration LEARNING = Duration.ofMinutes(15);

    /** The time after which what was learned counts half. */
    public static final Duration HALF_LIFE = Duration.ofHours(3);

    /** The most that a forecast adds to the current sessions, as a fraction of them. */
    public static final double MOST = 0.5;

    /** The margin, in usual errors. */
    private static final double MARGIN = 2;

    private static final long SLOT_MILLIS = INTERVAL.toMillis();
    private static final int MINUTE = 4;
    private static final int FOUR_MINUTES = 16;

    /** Before any reading; arithmetic with it does not overflow. */
    private static final long NEVER = Long.MIN_VALUE / 4;

    private final int ahead;
    private final float[] readings;
    private final float[] rises;
    private final DailyRhythm rhythm = new DailyRhythm();
    private final Damping damping = new Damping();
    private final ForecastErrors errors = new ForecastErrors();
    private long lastMillis = NEVER;
    private double lastSessions;
    private double standardError;
    private long slot = NEVER;
    private int inARow;

    /**
     * A forecast without readings.
     *
     * @param ahead from {@link #INTERVAL} to {@link #LONGEST}, rounded up to whole intervals
     * @throws IllegalArgumentException if out of range
     */
    public Forecast(Duration ahead) {
        if (ahead.compareTo(INTERVAL) < 0 || ahead.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(ahead + " is not from " + INTERVAL + " to " + LONGEST);
        }
        this.ahead = Math.toIntExact(Math.ceilDiv(ahead.toMillis(), SLOT_MILLIS));
        this.readings = new float[this.ahead + FOUR_MINUTES + 1];
        this.rises = new float[this.ahead];
    }

    /**
     * A forecast without readings, for replicas that take this long to serve. It looks ahead until the HPA's next request after
     * that.
     *
     * @param lookAhead more than 0, at most {@link #LONGEST_LOOK_AHEAD}
     */
    public static Forecast forLookAhead(Duration lookAhead) {
        return new Forecast(lookAhead.plus(INTERVAL));
    }

    /**
     * Adds a reading. Ignores one that is not later than the last.
     *
     * @param sessions not negative
     * @param error standard error of an estimate, in sessions; 0 for a count
     */
    public void read(double sessions, double error, Instant at) {
        long millis = at.toEpochMilli();
        if (millis <= lastMillis) {
            return;
        }
        boolean gap = millis - lastMillis > LONGEST_GAP.toMillis();
        inARow = gap ? 0 : inARow;
        long first = gap ? Math.ceilDiv(millis, SLOT_MILLIS) : Math.floorDiv(lastMillis, SLOT_MILLIS) + 1;
        for (long next = first; next * SLOT_MILLIS <= millis; next++) {
            double part = gap ? 1 : (double) (next * SLOT_MILLIS - lastMillis) / (double) (millis - lastMillis);
            take(next, lastSessions + part * (sessions - lastSessions));
        }
        lastMillis = millis;
        lastSessions = sessions;
        standardError = error;
    }

    /**
     * The expected sessions; {@code now} if there is no forecast.
     *
     * @param now the current sessions, not negative
     * @return from 0 to {@link #MOST} above {@code now}
     */
    public double expected(double now, Instant at) {
        return expectation(now, at).expected();
    }

    /**
     * The expected sessions plus twice the usual error of the forecasts, which is rarely exceeded; {@code now} if there is no
     * forecast.
     *
     * @param now the current sessions, not negative
     * @return at least {@code now}, and at most {@link #MOST} above it
     */
    public double expectedWithMargin(double now, Instant at) {
        return expectation(now, at).reported();
    }

    /**
     * The expected sessions, without and with the margin.
     *
     * @param now the current sessions, not negative
     */
    public ExpectedSessions expectation(double now, Instant at) {
        return outlook().expectation(now, at);
    }

    /** What the forecast says until the next reading. */
    public Outlook outlook() {
        if (inARow <= FOUR_MINUTES || !errors.isEnough()) {
            return Outlook.NONE;
        }
        double rise = damping.rise(trend(slot));
        boolean used = errors.isBetterThanNow() && Math.abs(rise) > standardError;
        return new Outlook(
                used ? (float) rise : 0,
                (float) (MARGIN * errors.usualError()),
                Instant.ofEpochMilli(lastMillis).plus(LONGEST_GAP));
    }

    /** How accurate the forecasts of the last hours were. */
    public ForecastQuality quality() {
        return new ForecastQuality(errors.isEnough(), errors.error(), errors.errorOfNow(), errors.isBetterThanNow());
    }

    /** The fraction that is left after each interval, for this half-life. */
    static double leftPerInterval(Duration halfLife) {
        return Math.pow(0.5, 1 / (double) halfLife.dividedBy(INTERVAL));
    }

    private void take(long next, double sessions) {
        long passed = slot == NEVER ? 1 : next - slot;
        errors.fade(passed);
        damping.fade(passed);
        slot = next;
        readings[index(readings, slot)] = (float) sessions;
        inARow = Math.min(inARow + 1, readings.length);
        rhythm.add(slot * SLOT_MILLIS, sessions);
        if (inARow > ahead + FOUR_MINUTES) {
            learn();
        }
        rises[index(rises, slot)] = inARow > FOUR_MINUTES ? (float) damping.rise(trend(slot)) : 0;
    }

    /** Compares the current number with what was expected of it. */
    private void learn() {
        long then = slot - ahead;
        double actual = reading(slot) - reading(then);
        damping.learn(trend(then), actual, errors.errorOfNow());
        errors.add(rises[index(rises, then)], actual, MOST * Math.min(reading(then), reading(slot)));
    }

    private Trend trend(long at) {
        return new Trend(
                step(at, MINUTE) * ahead,
                step(at, FOUR_MINUTES) * ahead,
                rhythm.rise(at * SLOT_MILLIS, ahead * SLOT_MILLIS, reading(at)));
    }

    /** The typical step between two of the last points, robust to a jump. */
    private double step(long at, int points) {
        double[] steps = new double[points];
        for (int back = 0; back < points; back++) {
            steps[back] = reading(at - back) - reading(at - back - 1);
        }
        return InterquartileMean.of(steps);
    }

    private double reading(long at) {
        return readings[index(readings, at)];
    }

    private static int index(float[] ring, long at) {
        return Math.floorMod(at, ring.length);
    }
}
