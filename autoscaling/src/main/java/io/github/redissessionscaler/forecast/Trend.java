package io.github.redissessionscaler.forecast;

/**
 * The change in sessions over the forecast's time ahead, without damping, by three ways to extrapolate.
 *
 * @param minute the rise of the last minute, continued
 * @param minutes the rise of the last four minutes, continued
 * @param day the rise at this time of the day before
 */
record Trend(double minute, double minutes, double day) {

    static final int PARTS = 3;

    double part(int index) {
        return switch (index) {
            case 0 -> minute;
            case 1 -> minutes;
            default -> day;
        };
    }
}
