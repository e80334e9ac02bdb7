package io.github.redissessionscaler.counting;

/**
 * The keys that a scan met last, remembered by a 64-bit fingerprint each, in memory that does not grow beyond a bound.
 *
 * <p>Not for use by several threads. Two keys of one window are taken for the same with a probability of about
 * {@code window / 2^64}.
 */
final class RecentKeys {

    private static final int FIRST_WINDOW = 1024;

    private final int largestWindow;

    /** In the order they came, around a ring. */
    private long[] ring;

    private int next;
    private int remembered;

    /** The same in an open-addressed table of at least twice the size; 0 is a free place. */
    private long[] table;

    /**
     * Remembers none yet.
     *
     * @param largestWindow how many keys are remembered at most; a power of two, at least 1024
     */
    RecentKeys(int largestWindow) {
        this.largestWindow = largestWindow;
        this.ring = new long[FIRST_WINDOW];
        this.table = new long[2 * FIRST_WINDOW];
    }

    /** Remembers the key, in place of the oldest if need be; returns whether it was not remembered before. */
    boolean add(byte[] key) {
        long fingerprint = fingerprint(key);
        if (table[placeOf(fingerprint)] != 0) {
            return false;
        }
        if (remembered == ring.length) {
            if (ring.length < largestWindow) {
                grow();
            } else {
                forget(ring[next]);
                remembered--;
            }
        }
        ring[next] = fingerprint;
        next = (next + 1) & (ring.length - 1);
        remembered++;
        table[placeOf(fingerprint)] = fingerprint;
        return true;
    }

    /** Only called with the ring full and its oldest key at {@code next}. */
    private void grow() {
        long[] larger = new long[2 * ring.length];
        int oldest = next;
        for (int i = 0; i < ring.length; i++) {
            larger[i] = ring[(oldest + i) & (ring.length - 1)];
        }
        next = ring.length;
        ring = larger;
        table = new long[2 * ring.length];
        for (int i = 0; i < next; i++) {
            table[placeOf(ring[i])] = ring[i];
        }
    }

    /** Where the fingerprint is, or the free place where it belongs. */
    private int placeOf(long fingerprint) {
        int mask = table.length - 1;
        int place = (int) fingerprint & mask;
        while (table[place] != 0 && table[place] != fingerprint) {
            place = (place + 1) & mask;
        }
        return place;
    }

    /** Frees its place, and moves those behind it up that belong before it. */
    private void forget(long fingerprint) {
        int mask = table.length - 1;
        int free = placeOf(fingerprint);
        int place = free;
        while (true) {
            place = (place + 1) & mask;
            if (table[place] == 0) {
                break;
            }
            int home = (int) table[place] & mask;
            boolean mayMove = ((place - home) & mask) >= ((place - free) & mask);
            if (mayMove) {
                table[free] = table[place];
                free = place;
            }
        }
        table[free] = 0;
    }

    /** FNV-1a with the finishing steps of MurmurHash3, never 0. */
    static long fingerprint(byte[] key) {
        long hash = 0xcbf29ce484222325L;
        for (byte one : key) {
            hash = (hash ^ (one & 0xff)) * 0x100000001b3L;
        }
        hash ^= hash >>> 33;
        hash *= 0xff51afd7ed558ccdL;
        hash ^= hash >>> 33;
        hash *= 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }
}
