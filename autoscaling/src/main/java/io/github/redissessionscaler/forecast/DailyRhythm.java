package io.github.redissessionscaler.forecast;

import java.time.Duration;
import java.util.Arrays;

/**
 * The daily rhythm: the sessions of the last 25 hours, as a mean of each 20 minutes. Times must not decrease. Not thread-safe.
 */
final class DailyRhythm {

    private static final long PERIOD = Duration.ofMinutes(20).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final int PERIODS = 75;

    /** The ratio of the sessions to those of the day before is at most this, and at least its inverse. */
    private static final double MOST_TIMES = 3;

    private final float[] means = new float[PERIODS];
    private long period = Long.MIN_VALUE;
    private double sum;
    private int count;

    DailyRhythm() {
        Arrays.fill(means, Float.NaN);
    }

    /** Adds a reading at this time in milliseconds. */
    void add(long millis, double sessions) {
        long now = Math.floorDiv(millis, PERIOD);
        if (now != period) {
            close(now);
        }
        sum += sessions;
        count++;
    }

    private void close(long now) {
        if (count > 0) {
            means[index(period)] = (float) (sum / count);
            long forgotten = Math.min(now, period + PERIODS);
            for (long missed = period + 1; missed < forgotten; missed++) {
                means[index(missed)] = Float.NaN;
            }
        }
        period = now;
        sum = 0;
        count = 0;
    }

    /** The rise at this time of the day before, scaled to the sessions of now; 0 if unknown. */
    double rise(long millis, long ahead, double now) {
        double from = at(millis - DAY);
        double to = at(millis - DAY + ahead);
        return Double.isNaN(from) || Double.isNaN(to)
                ? 0
                : (to - from) * Math.clamp(now / Math.max(1, from), 1 / MOST_TIMES, MOST_TIMES);
    }

    /** Interpolates linearly between the middles of two periods. */
    private double at(long millis) {
        long before = Math.floorDiv(millis - PERIOD / 2, PERIOD);
        double part = (double) (millis - PERIOD / 2 - before * PERIOD) / (double) PERIOD;
        return (1 - part) * mean(before) + part * mean(before + 1);
    }

    private double mean(long at) {
        return at < period && at >= period - PERIODS ? means[index(at)] : Double.NaN;
    }

    private static int index(long at) {
        return Math.floorMod(at, PERIODS);
    }
}
