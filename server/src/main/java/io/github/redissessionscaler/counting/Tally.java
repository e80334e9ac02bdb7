package io.github.redissessionscaler.counting;

import io.github.redissessionscaler.trigger.KeyType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Counts the keys of a shard's pages for several filters at once. Not for use by several threads. */
final class Tally {

    private final Shard shard;
    private final KeyFilter[] filters;
    private final long[] counts;

    Tally(Shard shard, List<KeyFilter> filters) {
        this.shard = shard;
        this.filters = filters.toArray(KeyFilter[]::new);
        this.counts = new long[filters.size()];
    }

    /** How many keys each filter counted so far. */
    List<Long> counts() {
        return Arrays.stream(counts).boxed().toList();
    }

    void add(List<byte[]> keys) {
        add(keys, _ -> true);
    }

    /**
     * Counts these keys. TYPE and PTTL are asked only by the filters that want them, of the keys whose name matches.
     *
     * @param isNew asked once for each key whose name matches a filter; says whether to count it
     */
    void add(List<byte[]> keys, Predicate<byte[]> isNew) {
        List<List<byte[]>> named = Stream.<List<byte[]>>generate(ArrayList::new)
                .limit(counts.length)
                .toList();
        for (byte[] key : keys) {
            boolean counts = false;
            for (int i = 0; i < filters.length; i++) {
                if (!filters[i].matchesName(key)) {
                    continue;
                }
                if (!counts && !isNew.test(key)) {
                    break;
                }
                counts = true;
                named.get(i).add(key);
            }
        }
        for (int i = 0; i < named.size(); i++) {
            counts[i] += narrowed(shard, filters[i], named.get(i)).size();
        }
    }

    /** Those of these keys that a filter counts. */
    static List<byte[]> counted(Shard shard, KeyFilter filter, List<byte[]> keys) {
        return narrowed(shard, filter, keys.stream().filter(filter::matchesName).toList());
    }

    private static List<byte[]> narrowed(Shard shard, KeyFilter filter, List<byte[]> named) {
        return ofRightTtl(shard, filter, ofRightType(shard, filter, named));
    }

    private static List<byte[]> ofRightType(Shard shard, KeyFilter filter, List<byte[]> keys) {
        if (filter.type().isEmpty() || keys.isEmpty()) {
            return keys;
        }
        List<Optional<KeyType>> types = shard.types(keys);
        return IntStream.range(0, keys.size())
                .filter(i -> filter.type().equals(types.get(i)))
                .mapToObj(keys::get)
                .toList();
    }

    private static List<byte[]> ofRightTtl(Shard shard, KeyFilter filter, List<byte[]> keys) {
        if (!filter.asksForTtl() || keys.isEmpty()) {
            return keys;
        }
        List<Long> millis = shard.timesToLive(keys);
        return IntStream.range(0, keys.size())
                .filter(i -> filter.livesLongEnough(millis.get(i)))
                .mapToObj(keys::get)
                .toList();
    }
}
