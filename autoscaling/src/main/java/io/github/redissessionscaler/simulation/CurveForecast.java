package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.forecast.Forecast;
import io.github.redissessionscaler.forecast.Outlook;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;

/**
 * The forecasts of a scaler that reads a load curve at every {@link Forecast#INTERVAL} from its start, while Redis is available. They
 * do not depend on other settings, so simulations of the same curve share them. Immutable.
 */
final class CurveForecast {

    private static final long INTERVAL = Forecast.INTERVAL.toMillis();

    private final Instant start;

    /** Which of the intervals has a reading. */
    private final BitSet read;

    /** Of the {@link Outlook} after each reading; NaN if there was none. */
    private final float[] rises;

    private final float[] margins;

    private CurveForecast(LoadCurve curve, Forecast forecast) {
        start = curve.span().from();
        int readings = Math.toIntExact(1 + curve.span().length().toMillis() / INTERVAL);
        read = new BitSet(readings);
        rises = new float[readings];
        margins = new float[readings];
        for (int reading = 0; reading < readings; reading++) {
            Instant at = at(reading);
            if (!curve.unavailableAt(at)) {
                forecast.read(curve.sessionsAt(at), 0, at);
                Outlook outlook = forecast.outlook();
                read.set(reading);
                rises[reading] = outlook.equals(Outlook.NONE) ? Float.NaN : outlook.rise();
                margins[reading] = outlook.margin();
            }
        }
    }

    /** With this {@code lookAhead}, more than 0. Computes all forecasts. */
    static CurveForecast of(LoadCurve curve, Duration lookAhead) {
        return new CurveForecast(curve, Forecast.forLookAhead(lookAhead));
    }

    /**
     * The sessions to report.
     *
     * @param now the current sessions
     * @param at not before the start of the curve
     */
    double expectedWithMargin(double now, Instant at) {
        int interval = Math.toIntExact(Duration.between(start, at).toMillis() / INTERVAL);
        int reading = read.previousSetBit(Math.min(interval, rises.length - 1));
        return reading < 0 || Float.isNaN(rises[reading])
                ? now
                : new Outlook(rises[reading], margins[reading], at(reading).plus(Forecast.LONGEST_GAP))
                        .expectation(now, at)
                        .reported();
    }

    private Instant at(int reading) {
        return start.plusMillis(reading * INTERVAL);
    }
}
