package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.Shard;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Counts the keys of a shard's pages for several filters together. Not thread-safe. */
public final class MatchCounter {

    private final Shard shard;
    private final KeyFilter[] filters;
    private final long[] counts;

    MatchCounter(Shard shard, List<KeyFilter> filters) {
        this.shard = shard;
        this.filters = filters.toArray(KeyFilter[]::new);
        this.counts = new long[filters.size()];
    }

    /** The count of each filter so far. */
    List<Long> counts() {
        return Arrays.stream(counts).boxed().toList();
    }

    void add(List<byte[]> keys) {
        add(keys, _ -> true);
    }

    /**
     * Counts these keys. TYPE and PTTL are sent once for each key whose name matches a filter that needs them, for all
     * filters together.
     *
     * @param isNew called once for each key whose name matches a filter; returns whether to count it
     */
    void add(List<byte[]> keys, Predicate<byte[]> isNew) {
        BitSet[] matching = named(keys, isNew);
        narrow(keys, matching);
        for (int i = 0; i < filters.length; i++) {
            counts[i] += matching[i].cardinality();
        }
    }

    /** The indexes of the keys whose names match, by filter. */
    private BitSet[] named(List<byte[]> keys, Predicate<byte[]> isNew) {
        BitSet[] named = Stream.generate(BitSet::new).limit(filters.length).toArray(BitSet[]::new);
        for (int at = 0; at < keys.size(); at++) {
            byte[] key = keys.get(at);
            boolean counts = false;
            for (int i = 0; i < filters.length; i++) {
                if (!filters[i].matchesName(key)) {
                    continue;
                }
                if (!counts && !isNew.test(key)) {
                    break;
                }
                counts = true;
                named[i].set(at);
            }
        }
        return named;
    }

    private void narrow(List<byte[]> keys, BitSet[] matching) {
        narrow(
                keys,
                matching,
                filter -> filter.type().isPresent(),
                shard::types,
                (filter, type) -> filter.type().equals(type));
        narrow(keys, matching, KeyFilter::asksForTtl, shard::timesToLive, KeyFilter::livesLongEnough);
    }

    /** Removes keys that a filter rejects by a reply that is requested once for each key. */
    private <A> void narrow(
            List<byte[]> keys,
            BitSet[] matching,
            Predicate<KeyFilter> asks,
            Function<List<byte[]>, List<A>> question,
            BiPredicate<KeyFilter, A> passes) {
        var queried = new BitSet();
        for (int i = 0; i < filters.length; i++) {
            if (asks.test(filters[i])) {
                queried.or(matching[i]);
            }
        }
        if (queried.isEmpty()) {
            return;
        }
        List<A> answers = question.apply(queried.stream().mapToObj(keys::get).toList());
        int next = 0;
        for (int at = queried.nextSetBit(0); at >= 0; at = queried.nextSetBit(at + 1)) {
            A answer = answers.get(next);
            next++;
            for (int i = 0; i < filters.length; i++) {
                if (matching[i].get(at) && asks.test(filters[i]) && !passes.test(filters[i], answer)) {
                    matching[i].clear(at);
                }
            }
        }
    }

    /** The keys that a filter counts. */
    public static List<byte[]> counted(Shard shard, KeyFilter filter, List<byte[]> keys) {
        var tally = new MatchCounter(shard, List.of(filter));
        BitSet[] matching = tally.named(keys, _ -> true);
        tally.narrow(keys, matching);
        return matching[0].stream().mapToObj(keys::get).toList();
    }
}
