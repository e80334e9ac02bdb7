package io.github.redissessionscaler.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * A working day from early morning to early morning, which passes in less than that: at night hardly anybody is there, the
 * morning is a rush, there is a dip at noon, and in the evening they come once more. Thread-safe.
 */
final class Day {

    private static final Duration LENGTH = Duration.ofDays(1);
    private static final Instant MIDNIGHT = Instant.parse("2026-03-02T00:00:00Z");

    /** Shortly before the first replica is no longer enough. */
    private static final Instant START = MIDNIGHT.plus(Duration.ofHours(6));

    /** Sessions by hours since midnight of the first day. */
    private static final NavigableMap<Double, Double> SESSIONS = new TreeMap<>(Map.ofEntries(
            Map.entry(6.0, 85.0),
            Map.entry(7.0, 190.0),
            Map.entry(8.0, 430.0),
            Map.entry(9.0, 720.0),
            Map.entry(10.5, 880.0),
            Map.entry(11.5, 860.0),
            Map.entry(12.5, 640.0),
            Map.entry(13.25, 660.0),
            Map.entry(14.5, 850.0),
            Map.entry(16.0, 830.0),
            Map.entry(17.5, 560.0),
            Map.entry(18.5, 480.0),
            Map.entry(20.5, 780.0),
            Map.entry(22.0, 610.0),
            Map.entry(24.0, 210.0),
            Map.entry(26.0, 60.0),
            Map.entry(28.0, 25.0),
            Map.entry(30.0, 80.0)));

    private final double speed;
    private volatile LongSupplier nanosSinceStart = () -> 0;

    /** A day that takes so long, and has not begun. */
    Day(Duration length) {
        this.speed = (double) LENGTH.toNanos() / (double) length.toNanos();
    }

    /** Lets time pass from now on. */
    void begin() {
        long begin = System.nanoTime();
        nanosSinceStart = () -> System.nanoTime() - begin;
    }

    /** The time of the day. */
    Instant now() {
        return START.plusNanos((long) ((double) nanosSinceStart.getAsLong() * speed));
    }

    /** When the day is over. The time goes on. */
    Instant end() {
        return START.plus(LENGTH);
    }

    /** How long a time of the day takes. */
    Duration toRealTime(Duration time) {
        return Duration.ofNanos((long) ((double) time.toNanos() / speed));
    }

    /** How much of the day passes meanwhile. */
    Duration toDayTime(Duration realTime) {
        return Duration.ofNanos((long) ((double) realTime.toNanos() * speed));
    }

    /** How many people want to be logged in. */
    long sessions() {
        return sessionsAt((double) Duration.between(MIDNIGHT, now()).toMillis() / 3_600_000);
    }

    static long sessionsAt(double hoursSinceMidnight) {
        double hour = Math.clamp(hoursSinceMidnight, SESSIONS.firstKey(), SESSIONS.lastKey());
        Map.Entry<Double, Double> before = SESSIONS.floorEntry(hour);
        Map.Entry<Double, Double> after = SESSIONS.ceilingEntry(hour);
        if (before.getKey().equals(after.getKey())) {
            return Math.round(before.getValue());
        }
        double part = (hour - before.getKey()) / (after.getKey() - before.getKey());
        double smooth = part * part * (3 - 2 * part);
        return Math.round(before.getValue() + smooth * (after.getValue() - before.getValue()));
    }

    static LocalTime clock(Instant time) {
        return time.atZone(ZoneOffset.UTC).toLocalTime();
    }
}
