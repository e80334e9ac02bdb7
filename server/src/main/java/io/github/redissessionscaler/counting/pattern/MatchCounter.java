package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.keyspace.Shard;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Counts the keys of a shard's pages for several filters at once. Not for use by several threads. */
public final class MatchCounter {

    private final Shard shard;
    private final KeyFilter[] filters;
    private final long[] counts;

    MatchCounter(Shard shard, List<KeyFilter> filters) {
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
     * Counts these keys. TYPE and PTTL are asked of the keys whose name matches a filter that wants them, once for each key,
     * however many filters do: so the server's work is bounded by the number of keys.
     *
     * @param isNew asked once for each key whose name matches a filter; says whether to count it
     */
    void add(List<byte[]> keys, Predicate<byte[]> isNew) {
        BitSet[] matching = named(keys, isNew);
        narrow(keys, matching);
        for (int i = 0; i < filters.length; i++) {
            counts[i] += matching[i].cardinality();
        }
    }

    /** By filter, the places of the keys whose names match. */
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

    /** Takes away what the filters that ask do not let pass, for an answer that is asked for once for each key. */
    private <A> void narrow(
            List<byte[]> keys,
            BitSet[] matching,
            Predicate<KeyFilter> asks,
            Function<List<byte[]>, List<A>> question,
            BiPredicate<KeyFilter, A> passes) {
        var asked = new BitSet();
        for (int i = 0; i < filters.length; i++) {
            if (asks.test(filters[i])) {
                asked.or(matching[i]);
            }
        }
        if (asked.isEmpty()) {
            return;
        }
        List<A> answers = question.apply(asked.stream().mapToObj(keys::get).toList());
        int next = 0;
        for (int at = asked.nextSetBit(0); at >= 0; at = asked.nextSetBit(at + 1)) {
            A answer = answers.get(next);
            next++;
            for (int i = 0; i < filters.length; i++) {
                if (matching[i].get(at) && asks.test(filters[i]) && !passes.test(filters[i], answer)) {
                    matching[i].clear(at);
                }
            }
        }
    }

    /** Those of these keys that a filter counts. */
    public static List<byte[]> counted(Shard shard, KeyFilter filter, List<byte[]> keys) {
        var tally = new MatchCounter(shard, List.of(filter));
        BitSet[] matching = tally.named(keys, _ -> true);
        tally.narrow(keys, matching);
        return matching[0].stream().mapToObj(keys::get).toList();
    }
}
