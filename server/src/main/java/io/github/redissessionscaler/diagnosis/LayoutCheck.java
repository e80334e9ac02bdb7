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

/** A look at a few keys of a database, whether they are what a trigger takes them for. */
public final class LayoutCheck {

    /** How many matching keys of a primary are asked for their type and their time to live. */
    private static final int ASKED = 200;

    private static final String NO_SIZE =
            "DBSIZE says that there is no key, while others can be read: this server does not keep the number of its"
                    + " keys, so counts of all keys and estimates are 0; count by keyPattern with accuracy 'exact'";

    /** Of so many drawn keys none matches with a probability of 5 % where the share is this over their number. */
    private static final double HIGHEST_SHARE_UNSEEN = 3;

    /** What PTTL says of a key that has no time to live. */
    private static final long FOREVER = -1;

    private final MatchingKeys query;
    private final Optional<Layout> layout;
    private final KeyFilter filter;
    private final boolean counted;
    private long keys;
    private long size;
    private long matching;
    private long asked;
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
     * What some hundred keys of each primary show, each looked at once.
     *
     * @param counted whether the count has found any: among few keys there may be none of them all the same
     * @throws KeyspaceException if Redis does not answer, or does not allow the look
     */
    public static LayoutFindings of(
            Keyspace keyspace, MatchingKeys query, Optional<Layout> layout, boolean counted, RandomGenerator random) {
        var check = new LayoutCheck(query, layout, counted);
        List<Shard> shards = keyspace.shards();
        for (Shard shard : shards) {
            check.look(shard, KeySample.of(shard, shards.size() > 1, random));
        }
        double endlessShare = check.asked == 0 ? 0 : (double) check.endless / (double) check.asked;
        return new LayoutFindings(check.advice(), endlessShare);
    }

    /** Whether a server that says it is empty is: some that speak Redis's protocol do not keep the number of their keys. */
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
        asked += some.size();
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
            advice.add("%d of %d keys looked at are those of preset %s; use that one"
                    .formatted(ofRival, keys, rival.get().preset()));
        } else if (matching == 0 && keys > 0 && !counted) {
            advice.add(
                    "none of %s keys looked at, drawn at random, matches %s: sessions are fewer than %s %% of the keys, or their keys have other names"
                            .formatted(
                                    Numbers.withCommas(keys),
                                    Printable.of(query.pattern()),
                                    Numbers.withCommas(Math.ceil(HIGHEST_SHARE_UNSEEN / (double) keys * 1000) / 10)));
        }
        if (endless > 0) {
            advice.add("%d of %d matching keys looked at have no time to live, and count until somebody deletes them"
                    .formatted(endless, asked));
        }
        if (ofOtherType > 0) {
            advice.add("%d of %d keys looked at have a matching name but are no %s, and do not count"
                    .formatted(
                            ofOtherType,
                            asked,
                            query.type().map(LayoutCheck::word).orElse("")));
        }
        return advice;
    }

    private static String word(KeyType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
