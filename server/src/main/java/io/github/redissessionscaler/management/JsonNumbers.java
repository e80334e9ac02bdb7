package io.github.redissessionscaler.management;

import com.google.gson.JsonPrimitive;
import java.time.Duration;
import java.time.Instant;

/** Formats numbers for JSON and CSV: at most three decimals, none for integers. */
final class JsonNumbers {

    private static final double THOUSANDTHS = 1000;

    private JsonNumbers() {}

    static JsonPrimitive of(double number) {
        double rounded = Math.rint(number * THOUSANDTHS) / THOUSANDTHS;
        long whole = (long) rounded;
        return (double) whole == rounded ? new JsonPrimitive(whole) : new JsonPrimitive(rounded);
    }

    /** The time between two instants in seconds, at least 0. */
    static JsonPrimitive seconds(Instant then, Instant now) {
        return of((double) Math.max(0, Duration.between(then, now).toMillis()) / THOUSANDTHS);
    }
}
