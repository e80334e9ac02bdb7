package io.github.redissessionscaler.forecast;

/**
 * How accurate the forecasts of the last hours were.
 *
 * @param error their mean absolute error in sessions, whether they were used or not
 * @param errorOfNow the mean absolute error, in sessions, of persistence: the forecast that the number stays as it is
 * @param used whether the forecasts are used, because their error is smaller
 */
public record ForecastQuality(double error, double errorOfNow, boolean used) {}
