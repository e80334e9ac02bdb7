package io.github.redissessionscaler.telemetry;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits what is accepted by how much of the heap is in use after a full collection. Other limits bound each known use of
 * memory; this one bounds their sum and everything else. Envoy calls this an overload manager. Thread-safe.
 */
public final class HeapPressure {

    private static final Logger LOG = LoggerFactory.getLogger(HeapPressure.class);

    /**
     * Share of the heap above which little new work is accepted. With the default limits, triggers, streams and scrapes
     * need less.
     */
    private static final double HIGH_FROM = 0.86;

    /** Share of the heap above which no new work is accepted, and memory is freed where possible. */
    private static final double CRITICAL_FROM = 0.92;

    /** Share of the heap by which usage must be lower before the level falls again. */
    private static final double MARGIN = 0.03;

    /** Most checks between two collections made to find out whether the level falls. */
    private static final int LONGEST_PAUSE = 32;

    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    /** What is accepted. */
    public enum Level {
        /** Everything. */
        NORMAL,
        /** A few calls of each client; no new clients. */
        HIGH,
        /** No new work. */
        CRITICAL
    }

    /** Measurements of the heap. */
    interface Heap {

        /** Number of full collections. Called very often. */
        long collections();

        /** Bytes in use after the last full collection. */
        long live();

        /** Bytes of the whole heap. */
        long size();

        /** Runs a full collection, which stops the process for about 0.1 s. */
        void collect();
    }

    private final Heap heap;
    private final List<Runnable> whenCritical = new CopyOnWriteArrayList<>();
    private volatile long seen;
    private volatile Level level = Level.NORMAL;
    private volatile LongSupplier owed = () -> 0;

    /** Bytes after the last full collection: in use, and estimated for calls and streams. */
    private volatile long live;

    private volatile long owedThen;
    private long warned = System.nanoTime() - QUIET_NANOS;
    private long seenAtCheck;
    private int pause = 1;
    private int checks;

    /** Starts at the normal level. */
    HeapPressure(Heap heap) {
        this.heap = heap;
        seen = heap.collections();
    }

    /** The heap of this process. */
    static HeapPressure ofThisProcess() {
        return new HeapPressure(new Jvm());
    }

    /** The current level. Cheap enough for every call. */
    public Level level() {
        long collections = heap.collections();
        if (collections != seen) {
            measure(collections);
        }
        Level expected = next(level, expectedShare());
        if (expected.compareTo(level) > 0) {
            rise(expected);
        }
        return level;
    }

    /** Bytes in use plus the estimated growth since: a burst must not fill the heap before the next collection. */
    private double expectedShare() {
        return (double) (live + Math.max(0, owed.getAsLong() - owedThen)) / heap.size();
    }

    /**
     * Adds an estimate of memory that may grow in bursts between collections.
     *
     * @param bytes the current estimate in bytes; called very often
     */
    public void count(LongSupplier bytes) {
        owed = bytes;
        owedThen = bytes.getAsLong();
    }

    /** The share of the heap in use after the last full collection, from 0 to 1; 0 before the first. */
    public double share() {
        return (double) live / heap.size();
    }

    /** Registers an action to run after each full collection with a critical level; must not block. */
    public void whenCritical(Runnable relief) {
        whenCritical.add(relief);
    }

    /**
     * Detects that the level has fallen: while it is not normal, runs a full collection if the JVM has not. Must be called
     * about once a second by one thread.
     */
    public void check() {
        if (level() == Level.NORMAL) {
            pause = 1;
            checks = 0;
            return;
        }
        checks++;
        boolean collected = seen != seenAtCheck;
        if (!collected && checks >= pause) {
            checks = 0;
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            heap.collect();
            level();
        }
        seenAtCheck = seen;
    }

    private synchronized void measure(long collections) {
        if (collections == seen) {
            return;
        }
        seen = collections;
        live = heap.live();
        owedThen = owed.getAsLong();
        become(next(level, share()));
        if (level == Level.CRITICAL) {
            whenCritical.forEach(Runnable::run);
        }
    }

    private synchronized void rise(Level expected) {
        if (expected.compareTo(level) > 0) {
            become(expected);
        }
    }

    private void become(Level next) {
        Level before = level;
        level = next;
        if (before == Level.NORMAL && next != Level.NORMAL && System.nanoTime() - warned > QUIET_NANOS) {
            warned = System.nanoTime();
            LOG.warn(
                    "The heap is nearly full ({}); refusing new connections, and calls of clients with many in progress"
                            + " (docs/security.md)",
                    percent());
        }
    }

    private String percent() {
        return String.format(Locale.ROOT, "%.0f %%", 100 * expectedShare());
    }

    private static Level next(Level before, double share) {
        double margin = before == Level.NORMAL ? 0 : MARGIN;
        if (share >= CRITICAL_FROM - (before == Level.CRITICAL ? margin : 0)) {
            return Level.CRITICAL;
        }
        return share >= HIGH_FROM - margin ? Level.HIGH : Level.NORMAL;
    }

    /** Reads the heap of this JVM. */
    private static final class Jvm implements Heap {

        private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();

        /** Pools of long-lived objects; the others do not support a threshold. */
        private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector ->
                        Arrays.stream(collector.getMemoryPoolNames()).anyMatch(this::isOld))
                .toList();

        private boolean isOld(String name) {
            return pools.stream().anyMatch(pool -> pool.getName().equals(name) && pool.isUsageThresholdSupported());
        }

        @Override
        public long collections() {
            long sum = 0;
            for (GarbageCollectorMXBean collector : collectors) {
                sum += collector.getCollectionCount();
            }
            return sum;
        }

        @Override
        public long live() {
            return pools.stream()
                    .map(MemoryPoolMXBean::getCollectionUsage)
                    .filter(Objects::nonNull)
                    .mapToLong(MemoryUsage::getUsed)
                    .sum();
        }

        @Override
        public long size() {
            return Runtime.getRuntime().maxMemory();
        }

        @Override
        public void collect() {
            System.gc();
        }
    }
}
