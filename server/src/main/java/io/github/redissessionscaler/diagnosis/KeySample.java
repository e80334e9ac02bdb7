package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.counting.pattern.Sampler;
import io.github.redissessionscaler.keyspace.Shard;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A few hundred random keys of a shard, without duplicates. */
final class KeySample {

    /** Number of samples of a shard, each of a few hundred keys. */
    private static final int SAMPLES = 2;

    private KeySample() {}

    /** Draws the keys. */
    static List<byte[]> of(Shard shard, RandomGenerator random) {
        var sampler = new Sampler(shard);
        return Stream.generate(() -> sampler.draw(shard, random))
                .limit(SAMPLES)
                .flatMap(sample -> sample.keys().stream())
                .map(ByteBuffer::wrap)
                .distinct()
                .map(ByteBuffer::array)
                .toList();
    }
}
