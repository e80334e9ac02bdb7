package io.github.redissessionscaler.history;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Points in order of time, at most one a second. When it is full, neighbouring points are merged if their distance is small
 * compared to their age: with 2,048 points, those an hour old are then about 15 seconds apart, and those a day old about 6
 * minutes. A merge keeps the point with more sessions, so that no peak is lost. Points with and without a count are merged only
 * if they alternate so often that there is no room for them. Each point takes 21 bytes. Not thread-safe.
 */
final class Timeline {

    /** Older points are dropped. */
    static final Duration KEPT = Duration.ofDays(7);

    private static final int FIRST_ROOM = 16;

    /** Share of the points that remains after merging. */
    private static final double LEFT = 0.75;

    /** Share of the usual density below which points of different bases are merged, because the basis changes often. */
    private static final double MIXED_BELOW = 0.3;

    /** Factor of the density of points for each further merge. */
    private static final double COARSER = 0.8;

    private static final List<TriggerReport.Basis> BASES = List.of(TriggerReport.Basis.values());

    private static final int[] NO_INTS = {};
    private static final float[] NO_FLOATS = {};
    private static final byte[] NO_BYTES = {};

    private Instant start = Instant.EPOCH;
    private int size;

    /** Seconds since the start. */
    private int[] seconds = NO_INTS;

    /** NaN where nothing was counted. */
    private float[] sessions = NO_FLOATS;

    /** NaN where an error was reported. */
    private float[] values = NO_FLOATS;

    private float[] replicas = NO_FLOATS;
    private float[] capacities = NO_FLOATS;

    /** Indexes in {@link #BASES}. */
    private byte[] bases = NO_BYTES;

    /**
     * Adds a point.
     *
     * @param point not before the last one; two in the same second are merged if they have the same basis, otherwise the second
     *     replaces the first
     * @param room most points to keep; may be 0
     */
    void add(HistoryPoint point, int room) {
        if (room == 0) {
            return;
        }
        if (size == 0) {
            start = point.at();
        }
        int second = size == 0 ? 0 : Math.max(seconds[size - 1], secondsAt(point.at()));
        makeRoom(second, room);
        seconds[size] = second;
        sessions[size] = (float) point.sessions().orElse(Double.NaN);
        values[size] = (float) point.value().orElse(Double.NaN);
        replicas[size] = (float) point.replicas();
        capacities[size] = (float) point.capacity();
        bases[size] = (byte) BASES.indexOf(point.basis());
        if (size == 0 || seconds[size - 1] != second) {
            size++;
        } else if (bases[size - 1] == bases[size]) {
            merge(size, size - 1);
        } else {
            move(size, size - 1);
        }
    }

    /** The points since a time, merged at equal distances into about as many as wanted at most. */
    List<HistoryPoint> since(Instant from, Instant now, int most) {
        var copy = new Timeline();
        copy.start = start;
        int first = firstAt(secondsAt(from));
        copy.size = size - first;
        copy.seconds = Arrays.copyOfRange(seconds, first, size);
        copy.sessions = Arrays.copyOfRange(sessions, first, size);
        copy.values = Arrays.copyOfRange(values, first, size);
        copy.replicas = Arrays.copyOfRange(replicas, first, size);
        copy.capacities = Arrays.copyOfRange(capacities, first, size);
        copy.bases = Arrays.copyOfRange(bases, first, size);
        if (copy.size > most) {
            int distance = Math.ceilDiv(secondsAt(now) - copy.seconds[0] + 1, most);
            copy.mergePoints(_ -> distance, false);
            if (copy.size > 2 * most) {
                copy.mergePoints(_ -> distance, true);
            }
        }
        return IntStream.range(0, copy.size).mapToObj(copy::point).toList();
    }

    private HistoryPoint point(int index) {
        return new HistoryPoint(
                start.plusSeconds(seconds[index]),
                optional(sessions[index]),
                optional(values[index]),
                (long) replicas[index],
                capacities[index],
                BASES.get(bases[index]));
    }

    private static OptionalDouble optional(float number) {
        return Float.isNaN(number) ? OptionalDouble.empty() : OptionalDouble.of(number);
    }

    private int secondsAt(Instant at) {
        return Math.clamp(Duration.between(start, at).toSeconds(), 0, Integer.MAX_VALUE);
    }

    private int firstAt(int second) {
        int found = Arrays.binarySearch(seconds, 0, size, second);
        return found >= 0 ? found : -found - 1;
    }

    private void makeRoom(int now, int room) {
        if (size >= room) {
            forgetBefore(now - (int) KEPT.toSeconds());
            for (double density = room; size > LEFT * room; density *= COARSER) {
                double perAge = density;
                mergePoints(second -> (int) ((now - second) / perAge), density < MIXED_BELOW * room);
            }
        }
        if (size == seconds.length || seconds.length > room) {
            resize(Math.clamp(2L * size, Math.min(FIRST_ROOM, room), room));
        }
    }

    private void forgetBefore(int second) {
        int first = firstAt(second);
        System.arraycopy(seconds, first, seconds, 0, size - first);
        System.arraycopy(sessions, first, sessions, 0, size - first);
        System.arraycopy(values, first, values, 0, size - first);
        System.arraycopy(replicas, first, replicas, 0, size - first);
        System.arraycopy(capacities, first, capacities, 0, size - first);
        System.arraycopy(bases, first, bases, 0, size - first);
        size -= first;
    }

    /**
     * Merges points that are nearer than this to the first of them.
     *
     * @param mixed whether those of different bases are merged, too
     */
    private void mergePoints(IntUnaryOperator distanceAt, boolean mixed) {
        int groups = 0;
        int began = 0;
        for (int i = 0; i < size; i++) {
            if (groups > 0
                    && seconds[i] - began < distanceAt.applyAsInt(seconds[i])
                    && (mixed || bases[i] == bases[groups - 1])) {
                int at = seconds[groups - 1];
                merge(i, groups - 1);
                if (groups > 1 && bases[groups - 2] != bases[groups - 1]) {
                    seconds[groups - 1] = at;
                }
            } else {
                began = seconds[i];
                move(i, groups);
                groups++;
            }
        }
        size = groups;
    }

    /** Merges two points: keeps the one with more sessions, and the worse basis of both. */
    private void merge(int from, int into) {
        byte basis = (byte) Math.max(bases[from], bases[into]);
        if (sessions[from] > sessions[into] || (Float.isNaN(sessions[into]) && !Float.isNaN(sessions[from]))) {
            move(from, into);
        }
        bases[into] = basis;
    }

    private void move(int from, int to) {
        seconds[to] = seconds[from];
        sessions[to] = sessions[from];
        values[to] = values[from];
        replicas[to] = replicas[from];
        capacities[to] = capacities[from];
        bases[to] = bases[from];
    }

    private void resize(int length) {
        seconds = Arrays.copyOf(seconds, length);
        sessions = Arrays.copyOf(sessions, length);
        values = Arrays.copyOf(values, length);
        replicas = Arrays.copyOf(replicas, length);
        capacities = Arrays.copyOf(capacities, length);
        bases = Arrays.copyOf(bases, length);
    }
}
