package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.counting.pattern.KeyFilter;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Checks with a few keys whether the data fits a trigger. */
public final class LayoutCheck {

    /** Number of matching keys of a primary whose type and TTL are read. */
    private static final int ASKED = 200;

    private static final String NO_SIZE =
            "DBSIZE is 0 although there are keys: this server does not maintain the number of keys, so counts of all"
                    + " keys and estimates are 0; count by keyPattern with accuracy 'exact'";

    /**
     * If the share of matching keys is this divided by the number of drawn keys, none is drawn with a probability of 5 %.
     */
    private static final double HIGHEST_SHARE_UNSEEN = 3;

    /** The reply of PTTL for a key without TTL. */
    private static final long FOREVER = -1;

    private final MatchingKeys query;
    private final Optional<Layout> layout;
    private final KeyFilter filter;
    private final boolean counted;
    private long keys;
    private long size;
    private long matching;
    private long inspected;
    private long endless;
    private long ofOtherType;
    private long ofRival;

    private LayoutCheck(MatchingKeys query, Optional<Layout> layout, boolean counted) {
        this.counted = counted;
        this.query = query;
        this.layout = layout;
        this.filter = KeyFilter.of(query);
    }

    /**
     * Inspects a few hundred keys of each primary.
     *
     * @param counted whether the count is above 0: there may still be none among the inspected keys
     * @throws KeyspaceException if Redis is unavailable or refuses a command
     */
    public static LayoutFindings of(
            Keyspace keyspace, MatchingKeys query, Optional<Layout> layout, boolean counted, RandomGenerator random) {
        var check = new LayoutCheck(query, layout, counted);
        List<Shard> shards = keyspace.shards();
        for (Shard shard : shards) {
            check.look(shard, KeySample.of(shard, shards.size() > 1, random));
        }
        double endlessShare = check.inspected == 0 ? 0 : (double) check.endless / (double) check.inspected;
        return new LayoutFindings(check.advice(), endlessShare);
    }

    /** Whether a server with a DBSIZE of 0 is empty: some servers with Redis's protocol do not maintain DBSIZE. */
    public static LayoutFindings ofSize(Keyspace keyspace, RandomGenerator random) {
        if (keyspace.size() > 0) {
            return LayoutFindings.NONE;
        }
        List<Shard> shards = keyspace.shards();
        boolean hasKeys = shards.stream()
                .anyMatch(
                        shard -> !KeySample.of(shard, shards.size() > 1, random).isEmpty());
        return hasKeys ? new LayoutFindings(List.of(NO_SIZE), 0) : LayoutFindings.NONE;
    }

    private void look(Shard shard, List<byte[]> sample) {
        keys += sample.size();
        size += shard.size();
        layout.flatMap(Layout::rival).ifPresent(rival -> {
            if (rival.query() instanceof MatchingKeys others) {
                KeyFilter ofOthers = KeyFilter.of(others);
                ofRival += sample.stream().filter(ofOthers::matchesName).count();
            }
        });
        List<byte[]> named = sample.stream().filter(filter::matchesName).toList();
        matching += named.size();
        List<byte[]> some = named.stream().limit(ASKED).toList();
        inspected += some.size();
        endless += shard.timesToLive(some).stream()
                .filter(millis -> millis == FOREVER)
                .count();
        query.type()
                .ifPresent(type -> ofOtherType += shard.types(some).stream()
                        .flatMap(Optional::stream)
                        .filter(found -> found != type)
                        .count());
    }

    private List<String> advice() {
        List<String> advice = new ArrayList<>();
        if (size == 0 && keys > 0) {
            advice.add(NO_SIZE);
        }
        Optional<Layout> rival = layout.flatMap(Layout::rival)
                .filter(_ -> ofRival > 0)
                .filter(_ -> (matching == 0 && !counted)
                        || layout.map(Layout::countsKeysOfRival).orElse(false));
        if (rival.isPresent()) {
            advice.add("%d of %d inspected keys match preset %s; use that preset"
                    .formatted(ofRival, keys, rival.get().preset()));
        } else if (matching == 0 && keys > 0 && !counted) {
            advice.add(
                    "none of %s random keys matches %s: sessions are fewer than %s %% of the keys, or their keys have other names"
                            .formatted(
                                    Numbers.withCommas(keys),
                                    Printable.of(query.pattern()),
                                    Numbers.withCommas(Math.ceil(HIGHEST_SHARE_UNSEEN / (double) keys * 1000) / 10)));
        }
        if (endless > 0) {
            advice.add("%d of %d inspected matching keys have no TTL, and are counted until they are deleted"
                    .formatted(endless, inspected));
        }
        if (ofOtherType > 0) {
            advice.add("%d of %d inspected keys have a matching name but are no %s, and are not counted"
                    .formatted(
                            ofOtherType,
                            inspected,
                            query.type().map(LayoutCheck::word).orElse("")));
        }
        return advice;
    }

    private static String word(KeyType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
