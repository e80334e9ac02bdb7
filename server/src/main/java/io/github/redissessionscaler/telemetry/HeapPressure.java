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
 * How much of the heap is in use after a full collection, and what that permits. The limits of single things bound what is known
 * to take memory; this bounds their sum, and what nobody thought of. Envoy calls the same an overload manager. Thread-safe.
 */
public final class HeapPressure {

    private static final Logger LOG = LoggerFactory.getLogger(HeapPressure.class);

    /** Of the heap: from this on little that is new is taken. With the defaults, what triggers, streams and scrapes take is less. */
    private static final double HIGH_FROM = 0.86;

    /** Of the heap: from this on nothing new is taken, and what can be given up is. */
    private static final double CRITICAL_FROM = 0.92;

    /** Of the heap: so much less must be in use before the level falls again. */
    private static final double MARGIN = 0.03;

    /** Checks between two collections that are made to learn whether the level falls, at most. */
    private static final int LONGEST_PAUSE = 32;

    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    /** What may be done. */
    public enum Level {
        /** Everything. */
        NORMAL,
        /** What each client needs; nothing is taken from new ones. */
        HIGH,
        /** Nothing new. */
        CRITICAL
    }

    /** The heap as it is measured. */
    interface Heap {

        /** How many full collections there were. Asked very often. */
        long collections();

        /** Bytes that were in use after the last full collection. */
        long live();

        /** Bytes of the whole heap. */
        long size();

        /** Makes a full collection; takes about a tenth of a second, for which the process stands still. */
        void collect();
    }

    private final Heap heap;
    private final List<Runnable> whenCritical = new CopyOnWriteArrayList<>();
    private volatile long seen;
    private volatile Level level = Level.NORMAL;
    private volatile LongSupplier owed = () -> 0;

    /** Bytes after the last full collection: in use, and owed. */
    private volatile long live;

    private volatile long owedThen;
    private long warned = System.nanoTime() - QUIET_NANOS;
    private long seenAtCheck;
    private int pause = 1;
    private int checks;

    /** Normal until there is a full collection. */
    HeapPressure(Heap heap) {
        this.heap = heap;
        seen = heap.collections();
    }

    /** That of this process. */
    static HeapPressure ofThisProcess() {
        return new HeapPressure(new Jvm());
    }

    /** The level since the last full collection. Cheap enough for every call. */
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

    /** What was in use, and what has come since then: a burst must not fill the heap before it is measured. */
    private double expectedShare() {
        return (double) (live + Math.max(0, owed.getAsLong() - owedThen)) / heap.size();
    }

    /**
     * What is known to take memory and may come in bursts is counted from now on as soon as it comes.
     *
     * @param bytes how much of it there is, by estimate; asked very often
     */
    public void count(LongSupplier bytes) {
        owed = bytes;
        owedThen = bytes.getAsLong();
    }

    /** The part of the heap that was in use after the last full collection, from 0 to 1; 0 before the first. */
    public double share() {
        return (double) live / heap.size();
    }

    /** From now on runs this after each full collection that leaves a critical level; must not block. */
    public void whenCritical(Runnable relief) {
        whenCritical.add(relief);
    }

    /**
     * Notices that the level has fallen: makes a full collection while it is not normal and none was made anyway. To be called
     * about once a second, by one thread.
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
                    "The heap is nearly full ({}); calls of clients that have many under way, and new connections, are"
                            + " refused until it is not (docs/security.md)",
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

    /** What the JVM says of its own heap. */
    private static final class Jvm implements Heap {

        private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();

        /** Those that collect what has lived for long; pools of what has not have no threshold. */
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
