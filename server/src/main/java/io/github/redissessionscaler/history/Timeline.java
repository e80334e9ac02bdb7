package io.github.redissessionscaler.history;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Points in the order of their time, at most one a second, the finer the newer. When there is no more room, neighbours are
 * drawn together that are near each other in comparison to their age: of a few with 2,048 points, those of an hour ago are
 * then some 15 seconds apart, and those of a day ago some 6 minutes. Of neighbours, the one with the most sessions stays, so
 * that no peak is lost. Each point takes 13 bytes. Not for use by several threads.
 */
final class Timeline {

    /** What is older is forgotten. */
    static final Duration KEPT = Duration.ofDays(7);

    private static final int FIRST_ROOM = 16;

    /** How much is left when there was no more room. */
    private static final double LEFT = 0.75;

    /** By how much neighbours are drawn together further when the last time did not make enough room. */
    private static final double COARSER = 0.8;

    private Instant start = Instant.EPOCH;
    private int size;

    /** Since the start. */
    private int[] seconds = {};

    /** NaN where nothing was counted. */
    private float[] sessions = {};

    private float[] capacities = {};
    private boolean[] outages = {};

    /**
     * Adds a point.
     *
     * @param point not before the last one; within the same second, the two become one
     * @param room how many points may be kept; with 0, nothing is
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
        capacities[size] = (float) point.capacity();
        outages[size] = point.outage();
        if (size > 0 && seconds[size - 1] == second) {
            merge(size, size - 1);
        } else {
            size++;
        }
    }

    /** The points since then, drawn together to at most about so many at equal distances. */
    List<HistoryPoint> since(Instant from, Instant now, int most) {
        var copy = new Timeline();
        copy.start = start;
        int first = firstAt(secondsAt(from));
        copy.size = size - first;
        copy.seconds = Arrays.copyOfRange(seconds, first, size);
        copy.sessions = Arrays.copyOfRange(sessions, first, size);
        copy.capacities = Arrays.copyOfRange(capacities, first, size);
        copy.outages = Arrays.copyOfRange(outages, first, size);
        if (copy.size > most) {
            int distance = Math.ceilDiv(secondsAt(now) - copy.seconds[0] + 1, most);
            copy.drawTogether(_ -> distance);
        }
        return IntStream.range(0, copy.size).mapToObj(copy::point).toList();
    }

    private HistoryPoint point(int index) {
        return new HistoryPoint(
                start.plusSeconds(seconds[index]),
                Float.isNaN(sessions[index]) ? OptionalDouble.empty() : OptionalDouble.of(sessions[index]),
                capacities[index],
                outages[index]);
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
                drawTogether(second -> (int) ((now - second) / perAge));
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
        System.arraycopy(capacities, first, capacities, 0, size - first);
        System.arraycopy(outages, first, outages, 0, size - first);
        size -= first;
    }

    /** Makes one point of those that are nearer than this to the first of them. */
    private void drawTogether(IntUnaryOperator distanceAt) {
        int groups = 0;
        int began = 0;
        for (int i = 0; i < size; i++) {
            if (groups > 0 && seconds[i] - began < distanceAt.applyAsInt(seconds[i])) {
                merge(i, groups - 1);
            } else {
                began = seconds[i];
                move(i, groups);
                groups++;
            }
        }
        size = groups;
    }

    /** Makes one point of two: the one with the most sessions stays, and an outage is not forgotten. */
    private void merge(int from, int into) {
        boolean outage = outages[from] || outages[into];
        if (sessions[from] > sessions[into] || Float.isNaN(sessions[into])) {
            move(from, into);
        }
        outages[into] = outage;
    }

    private void move(int from, int to) {
        seconds[to] = seconds[from];
        sessions[to] = sessions[from];
        capacities[to] = capacities[from];
        outages[to] = outages[from];
    }

    private void resize(int length) {
        seconds = Arrays.copyOf(seconds, length);
        sessions = Arrays.copyOf(sessions, length);
        capacities = Arrays.copyOf(capacities, length);
        outages = Arrays.copyOf(outages, length);
    }
}
