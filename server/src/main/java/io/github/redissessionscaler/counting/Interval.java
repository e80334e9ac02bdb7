package io.github.redissessionscaler.counting;

/**
 * A confidence interval of an estimate.
 *
 * @param lowest not negative
 */
public record Interval(double lowest, double highest) {

    /** Half width of a 95 % confidence interval in standard errors. */
    private static final double CONFIDENCE_95 = 1.96;

    /** The 95 % confidence interval. */
    public static Interval of95(double estimate, double standardError) {
        double reach = CONFIDENCE_95 * standardError;
        return new Interval(Math.max(0, estimate - reach), estimate + reach);
    }
}
