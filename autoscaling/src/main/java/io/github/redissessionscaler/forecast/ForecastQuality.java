package io.github.redissessionscaler.forecast;

/**
 * How accurate the forecasts of the last hours were.
 *
 * @param known whether enough forecasts have been compared with the numbers that followed
 * @param error their mean absolute error in sessions, whether they were used or not; 0 before any
 * @param errorOfNow the mean absolute error, in sessions, of persistence: the forecast that the number stays as it is
 * @param used whether the forecasts are used, because their error is smaller
 */
public record ForecastQuality(boolean known, double error, double errorOfNow, boolean used) {

    /** Whether persistence is used instead, because the forecasts were not better. */
    public boolean fellBack() {
        return known && !used;
    }
}
