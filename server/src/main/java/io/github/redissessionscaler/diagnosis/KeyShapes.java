package io.github.redissessionscaler.diagnosis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.counting.pattern.KeyFilter;
import io.github.redissessionscaler.counting.pattern.MatchCounter;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Glob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The shapes of the names of some counted keys, without anything that identifies a session.
 *
 * <p>A shape shows the prefix given by the pattern, and after it words of letters that at least a quarter of the keys, and
 * at least {@value #FEWEST}, share. Every other byte is masked.
 *
 * @param lookedAt number of inspected keys
 * @param counted how many of them are counted
 * @param shapes the most frequent first
 */
public record KeyShapes(long lookedAt, long counted, List<Shape> shapes) {

    /**
     * A shape of names.
     *
     * @param masked with a {@code *} for each masked byte
     * @param times number of keys with this shape
     */
    public record Shape(String masked, long times) {}

    private static final int MOST_SHAPES = 5;

    /** Fewer keys could belong to one session. */
    static final int FEWEST = 5;

    private static final int LONGEST_WORD = 20;

    /** Number of masked bytes that are shown one by one. */
    private static final int MOST_HIDDEN = 80;

    private static final String BETWEEN_WORDS = ":_-./";

    public KeyShapes {
        shapes = List.copyOf(shapes);
    }

    /**
     * Inspects a few hundred keys of each primary; empty for queries that visit no keys.
     *
     * @throws KeyspaceException if Redis is unavailable or refuses a command
     */
    public static Optional<KeyShapes> of(Keyspace keyspace, CountQuery query, RandomGenerator random) {
        return switch (query) {
            case CountQuery.AllKeys() -> Optional.of(of(keyspace, random, List.of("*"), (_, keys) -> keys));
            case CountQuery.ExpiringKeys() -> Optional.of(of(keyspace, random, List.of("*"), KeyShapes::expiring));
            case MatchingKeys matching ->
                Optional.of(of(
                        keyspace,
                        random,
                        matching.patterns(),
                        (shard, keys) -> MatchCounter.counted(shard, KeyFilter.of(matching), keys)));
            case CountQuery.Elements _, CountQuery.RecentMembers _, CountQuery.UnexpiredMembers _, CountQuery.SumOf _ ->
                Optional.empty();
        };
    }

    /** These and other shapes, for example of another database. */
    KeyShapes plus(KeyShapes others) {
        return new KeyShapes(
                lookedAt + others.lookedAt,
                counted + others.counted,
                mostFrequent(Stream.concat(shapes.stream(), others.shapes.stream())));
    }

    private interface KeyChoice {
        List<byte[]> of(Shard shard, List<byte[]> keys);
    }

    private static List<byte[]> expiring(Shard shard, List<byte[]> keys) {
        List<Long> millis = shard.timesToLive(keys);
        return IntStream.range(0, keys.size())
                .filter(i -> millis.get(i) > 0)
                .mapToObj(keys::get)
                .toList();
    }

    private static KeyShapes of(Keyspace keyspace, RandomGenerator random, List<String> patterns, KeyChoice choice) {
        long lookedAt = 0;
        List<byte[]> counted = new ArrayList<>();
        for (Shard shard : keyspace.shards()) {
            List<byte[]> keys = KeySample.of(shard, random);
            lookedAt += keys.size();
            counted.addAll(choice.of(shard, keys));
        }
        return new KeyShapes(lookedAt, counted.size(), masked(patterns, counted));
    }

    /** The shapes of keys that match some patterns; each key has the prefix of the first pattern that it matches. */
    private static List<Shape> masked(List<String> patterns, List<byte[]> keys) {
        List<byte[]> left = new ArrayList<>(keys);
        List<Shape> shapes = new ArrayList<>();
        for (String pattern : patterns) {
            Glob glob = Glob.of(pattern);
            List<byte[]> matching = left.stream().filter(glob::matches).toList();
            left.removeAll(matching);
            shapes.addAll(masked(Glob.beginning(pattern), matching));
        }
        return mostFrequent(shapes.stream());
    }

    /** The shapes of these keys, which share a prefix. */
    static List<Shape> masked(String beginning, List<byte[]> keys) {
        int known = beginning.getBytes(UTF_8).length;
        Map<String, Integer> sharers = new HashMap<>();
        keys.forEach(key -> words(known, key).forEach(words -> sharers.merge(words, 1, Integer::sum)));
        int enough = Math.max(FEWEST, (keys.size() + 3) / 4);
        return mostFrequent(keys.stream()
                .map(key -> words(known, key).stream()
                        .filter(words -> sharers.getOrDefault(words, 0) >= enough)
                        .reduce("", (_, longer) -> longer)
                        .transform(words -> beginning + words + hidden(key.length - known - words.length())))
                .collect(Collectors.groupingBy(shape -> shape, Collectors.counting()))
                .entrySet()
                .stream()
                .map(shape -> new Shape(shape.getKey(), shape.getValue())));
    }

    private static List<Shape> mostFrequent(Stream<Shape> shapes) {
        return shapes.sorted(Comparator.comparingLong(Shape::times).reversed().thenComparing(Shape::masked))
                .limit(MOST_SHAPES)
                .toList();
    }

    /** The continuations of the key after the known bytes, in whole words: one word, two words and so on. */
    static List<String> words(int known, byte[] key) {
        List<String> beginnings = new ArrayList<>();
        int letters = 0;
        for (int i = known; i < key.length && letters <= LONGEST_WORD; i++) {
            char character = (char) (key[i] & 0xff);
            if (BETWEEN_WORDS.indexOf(character) >= 0) {
                beginnings.add(new String(key, known, i + 1 - known, UTF_8));
                letters = 0;
            } else if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')) {
                letters++;
            } else {
                break;
            }
        }
        return beginnings;
    }

    private static String hidden(int bytes) {
        return bytes > MOST_HIDDEN ? "*".repeat(MOST_HIDDEN) + "…" : "*".repeat(bytes);
    }
}
