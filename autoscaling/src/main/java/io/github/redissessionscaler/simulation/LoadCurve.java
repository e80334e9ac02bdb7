package io.github.redissessionscaler.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many sessions there were when: a straight line from each point to the next. Where Redis was unavailable the sessions went on
 * on such a line, but nobody could count them. Immutable.
 */
public final class LoadCurve {

    private static final int NOWHERE = -2;

    /** How many points from the last one a cursor looks. */
    private static final int NEAR = 4;

    private final TimeScale scale;
    private final long[] times;
    private final double[] counted;
    private final long[] knownTimes;
    private final double[] knownSessions;

    /**
     * A curve through these points. Keeps the arrays.
     *
     * @param times in milliseconds since 1970, rising, at least two
     * @param counted sessions at each of them, not negative, or NaN where Redis was unavailable from then until the next point; not
     *     all are NaN
     */
    LoadCurve(TimeScale scale, long[] times, double[] counted) {
        this.scale = scale;
        this.times = times;
        this.counted = counted;
        int[] known = IntStream.range(0, times.length)
                .filter(point -> !Double.isNaN(counted[point]))
                .toArray();
        this.knownTimes = Arrays.stream(known).mapToLong(point -> times[point]).toArray();
        this.knownSessions =
                Arrays.stream(known).mapToDouble(point -> counted[point]).toArray();
    }

    /** The form of the times in the file. */
    public TimeScale scale() {
        return scale;
    }

    /** How many points it was made of. */
    public int points() {
        return times.length;
    }

    /** From the first point to the last. */
    public Span span() {
        return new Span(at(0), at(times.length - 1));
    }

    /** The most sessions at any time. */
    public double most() {
        return Arrays.stream(knownSessions).max().orElseThrow();
    }

    /** The times in which Redis was unavailable, in order. */
    public List<Span> outages() {
        List<Span> outages = new ArrayList<>();
        int point = 0;
        while (point < times.length - 1) {
            int from = point;
            while (point < times.length - 1 && Double.isNaN(counted[point])) {
                point++;
            }
            if (point > from) {
                outages.add(new Span(at(from), at(point)));
            } else {
                point++;
            }
        }
        return List.copyOf(outages);
    }

    /** Whether Redis is unavailable at that time. */
    public boolean unavailableAt(Instant time) {
        return new Cursor().unavailableAt(time.toEpochMilli());
    }

    /** Sessions at that time, counted or not: a whole number between two points. */
    public double sessionsAt(Instant time) {
        return new Cursor().sessionsAt(time.toEpochMilli());
    }

    /** The most sessions at any moment of the span. */
    double mostWithin(Span span) {
        return new Cursor().mostWithin(span.from().toEpochMilli(), span.to().toEpochMilli());
    }

    /** A cursor for one simulation. */
    Cursor cursor() {
        return new Cursor();
    }

    /** Finds points faster if each time is near the one before. Times are in milliseconds since 1970. Not thread-safe. */
    final class Cursor {

        private int point = NOWHERE;
        private int knownPoint = NOWHERE;

        private Cursor() {}

        /** See {@link LoadCurve#unavailableAt}. */
        boolean unavailableAt(long millis) {
            point = floor(times, millis, point);
            return Double.isNaN(counted[Math.max(0, point)]);
        }

        /** See {@link LoadCurve#sessionsAt}. */
        double sessionsAt(long millis) {
            knownPoint = floor(knownTimes, millis, knownPoint);
            int before = knownPoint;
            if (before < 0) {
                return knownSessions[0];
            }
            if (before == knownTimes.length - 1 || knownTimes[before] == millis) {
                return knownSessions[before];
            }
            double part =
                    (double) (millis - knownTimes[before]) / (double) (knownTimes[before + 1] - knownTimes[before]);
            return Math.rint(knownSessions[before] + part * (knownSessions[before + 1] - knownSessions[before]));
        }

        /** The most sessions from one time to another. */
        double mostWithin(long from, long to) {
            double most = sessionsAt(from);
            int next = knownPoint + 1;
            while (next < knownTimes.length && knownTimes[next] <= to) {
                most = Math.max(most, knownSessions[next]);
                next++;
            }
            return Math.max(most, sessionsAt(to));
        }
    }

    /**
     * The time of a point.
     *
     * @param point from 0 to {@link #points()} - 1
     */
    public Instant at(int point) {
        return Instant.ofEpochMilli(times[point]);
    }

    /** The last of the times that is not after the given one, or -1. Looks first near the last result. */
    private static int floor(long[] times, long time, int last) {
        if (last != NOWHERE) {
            int near = last;
            for (int step = 0; step < NEAR; step++) {
                if (near >= 0 && times[near] > time) {
                    near--;
                } else if (near + 1 < times.length && times[near + 1] <= time) {
                    near++;
                } else {
                    return near;
                }
            }
        }
        int found = Arrays.binarySearch(times, time);
        return found >= 0 ? found : -found - 2;
    }
}
