package io.github.redissessionscaler.management;

import com.google.gson.JsonPrimitive;
import java.time.Duration;
import java.time.Instant;

/** Numbers as JSON and CSV have them: in thousandths, and without a point where they are whole. */
final class JsonNumbers {

    private static final double THOUSANDTHS = 1000;

    private JsonNumbers() {}

    static JsonPrimitive of(double number) {
        double rounded = Math.rint(number * THOUSANDTHS) / THOUSANDTHS;
        long whole = (long) rounded;
        return (double) whole == rounded ? new JsonPrimitive(whole) : new JsonPrimitive(rounded);
    }

    /** From then to now, in seconds, not negative. */
    static JsonPrimitive seconds(Instant then, Instant now) {
        return of((double) Math.max(0, Duration.between(then, now).toMillis()) / THOUSANDTHS);
    }
}
