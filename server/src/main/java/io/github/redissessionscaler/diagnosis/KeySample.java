package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.counting.pattern.Sampler;
import io.github.redissessionscaler.keyspace.Shard;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Some hundred keys of a shard, drawn at random, each once: of a small shard, samples meet the same keys again. */
final class KeySample {

    /** How often a shard is sampled, some hundred keys at a time. */
    private static final int SAMPLES = 2;

    private KeySample() {}

    /**
     * The keys.
     *
     * @param oneOfSeveral whether the shard is part of a cluster
     */
    static List<byte[]> of(Shard shard, boolean oneOfSeveral, RandomGenerator random) {
        var sampler = new Sampler(new SplittableRandom(random.nextLong()), oneOfSeveral);
        return Stream.generate(() -> sampler.draw(shard))
                .limit(SAMPLES)
                .flatMap(sample -> sample.keys().stream())
                .map(ByteBuffer::wrap)
                .distinct()
                .map(ByteBuffer::array)
                .toList();
    }
}
