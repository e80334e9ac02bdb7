package io.github.redissessionscaler.counting.pattern;

import java.util.Arrays;

/**
 * The keys that a scan returned last, as 64-bit fingerprints: at least as many as the window, at most twice as many.
 *
 * <p>Not thread-safe. A new key is mistaken for a recent one with a probability of about {@code window / 2^64}.
 */
final class RecentKeys {

    private final int window;

    /**
     * Open-addressed tables of fingerprints, at most half full; 0 is a free slot. The older one is full, or there is none.
     */
    private long[] newer;

    private long[] older;
    private int inNewer;

    /**
     * Empty; takes 32 bytes for each key of the window.
     *
     * @param window fewest keys that are kept; a power of two
     */
    RecentKeys(int window) {
        this.window = window;
        this.newer = new long[2 * window];
        this.older = new long[2 * window];
    }

    /** Adds the key, and drops old ones if full; returns whether it was absent. */
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

    /** The slot of the fingerprint, or the free slot for it. */
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
