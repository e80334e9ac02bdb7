package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Sample;
import io.github.redissessionscaler.keyspace.Shard;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Draws keys of a shard at random.
 *
 * <p>On a standalone server it reads SCAN pages at random cursors: SCAN orders the buckets of its hash table by the
 * reversed bits of a hash with a secret seed, so a page is a random part of the keys, whatever their names. In a cluster,
 * also one of a single primary, newer servers put the slot into the cursor, so a random cursor draws a slot rather than a key;
 * so RANDOMKEY is used there, and wherever pages at random cursors are empty. For one thread at a time.
 */
public final class Sampler {

    private static final int PAGES = 8;
    private static final int PAGE = 64;
    private static final int KEYS_ONE_BY_ONE = 256;

    /** About as many keys has a sample. */
    static final int USUAL_KEYS = PAGES * PAGE;

    private boolean oneByOne;

    /**
     * Of a shard of which nothing is drawn yet.
     *
     * @throws KeyspaceException if Redis is unavailable
     */
    public Sampler(Shard shard) {
        oneByOne = shard.inCluster();
    }

    /**
     * Draws a sample.
     *
     * @param places where to look; the server chooses them itself where keys are drawn one by one
     */
    public Sample draw(Shard shard, RandomGenerator places) {
        if (!oneByOne) {
            List<String> cursors = Stream.generate(places::nextLong)
                    .map(Long::toUnsignedString)
                    .limit(PAGES)
                    .toList();
            Sample sample = shard.sampleByScan(cursors, PAGE);
            if (!sample.keys().isEmpty() || sample.sizeAfter() == 0) {
                return sample;
            }
            oneByOne = true;
        }
        return shard.sampleByRandomKey(KEYS_ONE_BY_ONE);
    }
}
