package io.github.redissessionscaler.counting;

/**
 * From where to where an estimated number may be.
 *
 * @param lowest not negative
 */
public record Interval(double lowest, double highest) {

    /** How many standard errors there are to each side in an interval that holds the truth 95 times in 100. */
    private static final double CONFIDENCE_95 = 1.96;

    /** What holds the truth 95 times in 100. */
    public static Interval of95(double estimate, double standardError) {
        double reach = CONFIDENCE_95 * standardError;
        return new Interval(Math.max(0, estimate - reach), estimate + reach);
    }
}
