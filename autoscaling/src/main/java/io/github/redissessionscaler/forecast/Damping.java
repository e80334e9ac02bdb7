package io.github.redissessionscaler.forecast;

/**
 * A factor for each part of a trend, which says how far it continues. The factors are fitted by least squares in which older
 * readings count less (recursive least squares with exponential forgetting). Ridge regression keeps them small, because the
 * parts are correlated. A residual counts as {@link #LARGEST_RESIDUAL} times the usual change at most (Huber's estimator), so that
 * a jump does not spoil the fit. Not thread-safe.
 *
 * @see <a href="https://doi.org/10.1080/00401706.1970.10488634">Hoerl and Kennard, Ridge regression, 1970</a>
 * @see <a href="https://doi.org/10.1214/aoms/1177703732">Huber, Robust estimation of a location parameter, 1964</a>
 */
final class Damping {

    private static final double LARGEST_RESIDUAL = 6;

    private static final double RIDGE = 0.02;

    /** The fit starts as if this many readings had shown no trend, so that the first readings do not decide alone. */
    private static final double PRIOR = 8;

    private static final double LEAST = 1e-6;
    private static final double LEFT = Forecast.leftPerInterval(Forecast.HALF_LIFE);

    private final double[] squares = new double[Trend.PARTS * (Trend.PARTS + 1) / 2];
    private final double[] products = new double[Trend.PARTS];
    private final float[] factors = new float[Trend.PARTS];

    /** Lets what was learned count less, for this many intervals. */
    void fade(long intervals) {
        double left = Math.pow(LEFT, (double) intervals);
        for (int i = 0; i < squares.length; i++) {
            squares[i] *= left;
        }
        for (int i = 0; i < products.length; i++) {
            products[i] *= left;
        }
    }

    /**
     * Adds a trend and the change in sessions that followed it.
     *
     * @param usual mean absolute change, in sessions
     */
    void learn(Trend trend, double actual, double usual) {
        double expected = rise(trend);
        double most = LARGEST_RESIDUAL * usual;
        double taken = expected + Math.clamp(actual - expected, -most, most);
        for (int row = 0; row < Trend.PARTS; row++) {
            products[row] += trend.part(row) * taken;
            for (int column = 0; column <= row; column++) {
                squares[index(row, column)] += trend.part(row) * trend.part(column);
            }
        }
        solve(PRIOR * usual * usual);
    }

    /** The expected rise, in sessions. */
    double rise(Trend trend) {
        double rise = 0;
        for (int part = 0; part < Trend.PARTS; part++) {
            rise += (double) factors[part] * trend.part(part);
        }
        return rise;
    }

    /** Solves by Cholesky decomposition; the ridge keeps the matrix positive definite. */
    private void solve(double prior) {
        double[] root = new double[squares.length];
        double[] solved = new double[Trend.PARTS];
        for (int row = 0; row < Trend.PARTS; row++) {
            for (int column = 0; column <= row; column++) {
                double rest = squares[index(row, column)];
                if (row == column) {
                    rest += RIDGE * rest + prior + LEAST;
                }
                for (int k = 0; k < column; k++) {
                    rest -= root[index(row, k)] * root[index(column, k)];
                }
                root[index(row, column)] = row == column ? Math.sqrt(rest) : rest / root[index(column, column)];
            }
        }
        for (int row = 0; row < Trend.PARTS; row++) {
            double rest = products[row];
            for (int k = 0; k < row; k++) {
                rest -= root[index(row, k)] * solved[k];
            }
            solved[row] = rest / root[index(row, row)];
        }
        for (int row = Trend.PARTS - 1; row >= 0; row--) {
            double rest = solved[row];
            for (int k = row + 1; k < Trend.PARTS; k++) {
                rest -= root[index(k, row)] * solved[k];
            }
            solved[row] = rest / root[index(row, row)];
            factors[row] = (float) solved[row];
        }
    }

    private static int index(int row, int column) {
        return row * (row + 1) / 2 + column;
    }
}
