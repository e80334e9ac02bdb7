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

    /** Adds the key with this {@link #fingerprint}, and drops old ones if full; returns whether it was absent. */
    boolean add(long fingerprint) {
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

    /** A hash of the key, never 0: the steps of MurmurHash3 for 64-bit numbers, on one number at a time. */
    static long fingerprint(byte[] key) {
        long hash = key.length;
        int at = 0;
        for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
            hash = step(hash, number(key, at));
        }
        if (at < key.length) {
            long rest = 0;
            for (; at < key.length; at++) {
                rest = (rest << Byte.SIZE) | (key[at] & 0xff);
            }
            hash = step(hash, rest);
        }
        hash ^= hash >>> 33;
        hash *= 0xff51afd7ed558ccdL;
        hash ^= hash >>> 33;
        hash *= 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }

    private static long step(long hash, long number) {
        long mixed = Long.rotateLeft(number * 0x87c37b91114253d5L, 31) * 0x4cf5ad432745937fL;
        return Long.rotateLeft(hash ^ mixed, 27) * 5 + 0x52dce729;
    }

    /** The eight bytes from here on as one number. */
    private static long number(byte[] key, int at) {
        return (key[at] & 0xffL)
                | (key[at + 1] & 0xffL) << 8
                | (key[at + 2] & 0xffL) << 16
                | (key[at + 3] & 0xffL) << 24
                | (key[at + 4] & 0xffL) << 32
                | (key[at + 5] & 0xffL) << 40
                | (key[at + 6] & 0xffL) << 48
                | (key[at + 7] & 0xffL) << 56;
    }
}
