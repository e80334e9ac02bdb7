package io.github.redissessionscaler.counting.pattern;

import java.util.Arrays;

/**
 * The keys that a scan met last, remembered by a 64-bit fingerprint each: at least as many as a bound, at most twice as many.
 *
 * <p>Not for use by several threads. Two keys of one window are taken for the same with a probability of about
 * {@code window / 2^64}.
 */
final class RecentKeys {

    private final int window;

    /** Open-addressed tables of fingerprints, at most half full; 0 is a free place. The older is full, or there is none. */
    private long[] newer;

    private long[] older;
    private int inNewer;

    /**
     * Remembers none yet, in 32 bytes for each key of the window.
     *
     * @param window how many keys are remembered at least; a power of two
     */
    RecentKeys(int window) {
        this.window = window;
        this.newer = new long[2 * window];
        this.older = new long[2 * window];
    }

    /** Remembers the key, in place of old ones if need be; returns whether it was not remembered before. */
    boolean add(byte[] key) {
        long fingerprint = fingerprint(key);
        int place = placeOf(fingerprint, newer);
        if (newer[place] != 0 || older[placeOf(fingerprint, older)] != 0) {
            return false;
        }
        if (inNewer == window) {
            forgetOlder();
            place = placeOf(fingerprint, newer);
        }
        newer[place] = fingerprint;
        inNewer++;
        return true;
    }

    private void forgetOlder() {
        long[] free = older;
        Arrays.fill(free, 0);
        older = newer;
        newer = free;
        inNewer = 0;
    }

    /** Where the fingerprint is, or the free place where it belongs. */
    private static int placeOf(long fingerprint, long[] table) {
        int mask = table.length - 1;
        int place = (int) fingerprint & mask;
        while (table[place] != 0 && table[place] != fingerprint) {
            place = (place + 1) & mask;
        }
        return place;
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
