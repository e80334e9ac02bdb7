package io.github.redissessionscaler.forecast;

import java.time.Duration;

/**
 * The errors of past forecasts and of persistence, the forecast that the number stays as it is. Older errors count less. Not
 * thread-safe.
 */
final class ForecastErrors {

    /** Forecasts are used while their error is less than this fraction of that of persistence. */
    private static final double ADVANTAGE = 0.96;

    /** The usual error is a mean over about an hour. */
    private static final double LEFT_LATELY = Forecast.leftPerInterval(Duration.ofHours(1));

    private static final double LEFT = Forecast.leftPerInterval(Forecast.HALF_LIFE);
    private static final double ENOUGH = (double) Forecast.LEARNING.dividedBy(Forecast.INTERVAL);

    private double error;
    private double errorOfNow;
    private double count;
    private double errorLately;
    private double errorOfNowLately;
    private double countLately;

    /** Lets past errors count less, for this many intervals. */
    void fade(long intervals) {
        double left = Math.pow(LEFT, (double) intervals);
        error *= left;
        errorOfNow *= left;
        count *= left;
        double leftLately = Math.pow(LEFT_LATELY, (double) intervals);
        errorLately *= leftLately;
        errorOfNowLately *= leftLately;
        countLately *= leftLately;
    }

    /**
     * Adds a comparison: the sessions changed by {@code actual}, and the forecast was {@code expected}.
     *
     * @param most the largest error that counts in {@link #usualError}, so that a jump does not raise it for hours
     */
    void add(double expected, double actual, double most) {
        double off = Math.abs(actual - expected);
        double offOfNow = Math.abs(actual);
        error += off;
        errorOfNow += offOfNow;
        count++;
        errorLately += Math.min(off, most);
        errorOfNowLately += Math.min(offOfNow, most);
        countLately++;
    }

    /** Mean absolute error, in sessions; 0 before any. */
    double error() {
        return mean(error, count);
    }

    /** The mean absolute error over about the last hour of what was used: the forecasts or persistence. */
    double usualError() {
        return mean(isBetterThanNow() ? errorLately : errorOfNowLately, countLately);
    }

    /** The mean absolute error of persistence, in sessions; 0 before any. */
    double errorOfNow() {
        return mean(errorOfNow, count);
    }

    /** Whether enough forecasts have been compared to judge them. */
    boolean isEnough() {
        return count >= ENOUGH;
    }

    /** Whether the forecasts were better than persistence. */
    boolean isBetterThanNow() {
        return isEnough() && error < ADVANTAGE * errorOfNow;
    }

    private static double mean(double sum, double count) {
        return count == 0 ? 0 : sum / count;
    }
}
