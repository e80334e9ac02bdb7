package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.counting.pattern.KeyFilter;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.KeyRule;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Layout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

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

    /** By how much a TTL may exceed {@code sessionTtl}: rounding, and clocks of applications. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    /** The reply of PTTL for a key without TTL. */
    private static final long FOREVER = -1;

    private final MatchingKeys query;
    private final Optional<Layout> layout;
    private final KeyFilter filter;
    private final boolean counted;

    /** The types that the query counts; empty for any. */
    private final Optional<List<String>> wanted;

    private final List<DoubtfulGlob> patterns;
    private final List<DoubtfulGlob> excludes;
    private final Map<String, Long> otherTypes = new TreeMap<>();
    private long keys;
    private long size;
    private long matching;
    private long inspected;
    private long endless;
    private long outliving;
    private long ofRival;
    private long tooLong;

    private LayoutCheck(MatchingKeys query, Optional<Layout> layout, boolean counted) {
        this.counted = counted;
        this.query = query;
        this.layout = layout;
        this.filter = KeyFilter.of(query);
        this.wanted = wantedTypes(query);
        this.patterns = DoubtfulGlob.of(query.patterns());
        this.excludes = DoubtfulGlob.of(query.excludes());
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
        for (Shard shard : keyspace.shards()) {
            check.look(shard, KeySample.of(shard, random));
        }
        double endlessShare = check.inspected == 0 ? 0 : (double) check.endless / (double) check.inspected;
        return new LayoutFindings(check.advice(), endlessShare);
    }

    /** Whether a server with a DBSIZE of 0 is empty: some servers with Redis's protocol do not maintain DBSIZE. */
    public static LayoutFindings ofSize(Keyspace keyspace, RandomGenerator random) {
        if (keyspace.size() > 0) {
            return LayoutFindings.NONE;
        }
        boolean hasKeys = keyspace.shards().stream()
                .anyMatch(shard -> !KeySample.of(shard, random).isEmpty());
        return hasKeys ? new LayoutFindings(List.of(NO_SIZE), 0) : LayoutFindings.NONE;
    }

    private void look(Shard shard, List<byte[]> sample) {
        keys += sample.size();
        size += shard.size();
        patterns.forEach(pattern -> pattern.look(sample));
        excludes.forEach(pattern -> pattern.look(sample));
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
        tooLong += some.stream().filter(key -> key.length >= Shard.LONGEST_KEY).count();
        List<Long> millis = shard.timesToLive(some);
        if (mayStayForEver()) {
            endless += millis.stream().filter(left -> left == FOREVER).count();
        }
        sessionTtl()
                .ifPresent(ttl -> outliving += millis.stream()
                        .filter(left -> left > ttl.plus(SLACK).toMillis())
                        .count());
        wanted.ifPresent(types -> shard.types(some).stream()
                .filter(found -> !found.equals(Shard.GONE))
                .filter(found -> types.stream().noneMatch(found::equalsIgnoreCase))
                .forEach(found -> otherTypes.merge(found, 1L, Long::sum)));
    }

    /** Whether keys without TTL are a problem: not if elements count, or keys that are in use. */
    private boolean mayStayForEver() {
        return query.rule(KeyRule.SumOfElements.class).isEmpty()
                && (query.rule(KeyRule.UsedWithin.class).isEmpty()
                        || sessionTtl().isPresent());
    }

    private Optional<Duration> sessionTtl() {
        return query.rule(KeyRule.UsedWithin.class).flatMap(KeyRule.UsedWithin::sessionTtl);
    }

    private List<String> advice() {
        List<String> advice = new ArrayList<>();
        // the only pattern may match a few keys that were not drawn
        if (query.patterns().size() > 1 || (matching == 0 && !counted)) {
            patterns.forEach(pattern -> pattern.advice().ifPresent(advice::add));
        }
        excludes.forEach(pattern -> pattern.advice().ifPresent(advice::add));
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
            double percent = Math.ceil(HIGHEST_SHARE_UNSEEN / (double) keys * 1000) / 10;
            advice.add("none of %s random keys matches %s: %stheir keys have other names"
                    .formatted(
                            Numbers.withCommas(keys),
                            names(),
                            percent < 100
                                    ? "sessions are fewer than " + Numbers.withCommas(percent) + " % of the keys, or "
                                    : "if there are sessions, "));
        }
        if (endless > 0 && (counted || sessionTtl().isPresent())) {
            advice.add("%d of %d inspected matching keys have no TTL, and are %s"
                    .formatted(
                            endless,
                            inspected,
                            sessionTtl().isPresent()
                                    ? "not counted, because activeWithin goes by it; remove sessionTtl"
                                    : "counted until they are deleted"));
        }
        if (tooLong > 0 && !query.rules().isEmpty()) {
            advice.add(("%d of %d inspected matching keys are longer than %s bytes, and are not counted, because no"
                            + " rule can be checked for them")
                    .formatted(tooLong, inspected, Numbers.withCommas(Shard.LONGEST_KEY)));
        }
        if (outliving > 0) {
            advice.add(("%d of %d inspected matching keys have more time to live than sessionTtl, so they count as used"
                            + " just now; set sessionTtl to the time that the application gives a session")
                    .formatted(outliving, inspected));
        }
        if (!otherTypes.isEmpty()) {
            advice.add("%d of %d inspected keys have a matching name but the type %s, not %s, and are not counted"
                    .formatted(
                            otherTypes.values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum(),
                            inspected,
                            words(List.copyOf(otherTypes.keySet())),
                            words(wanted.orElse(List.of()))));
        }
        return advice;
    }

    private String names() {
        String excludes = anyOf(query.excludes());
        return anyOf(query.patterns()) + (excludes.isEmpty() ? "" : " and not " + excludes);
    }

    private static String anyOf(List<String> globs) {
        return globs.stream().map(Printable::of).collect(Collectors.joining(" or "));
    }

    /** The types that the rules of the query accept; empty for any. */
    private static Optional<List<String>> wantedTypes(MatchingKeys query) {
        Optional<String> only = query.rule(KeyRule.OfType.class).map(KeyRule.OfType::type);
        if (only.isPresent()) {
            return only.map(List::of);
        }
        if (query.rule(KeyRule.HasField.class).isPresent()) {
            return Optional.of(List.of(ValueParser.word(KeyType.HASH)));
        }
        boolean elements = query.rule(KeyRule.SumOfElements.class).isPresent();
        return elements || query.rule(KeyRule.MinSize.class).isPresent()
                ? Optional.of(Arrays.stream(KeyType.values())
                        .filter(type -> !elements || type != KeyType.STRING)
                        .map(ValueParser::word)
                        .toList())
                : Optional.empty();
    }

    private static String words(List<String> types) {
        List<String> shown = types.stream().map(Printable::plain).toList();
        return shown.size() < 2
                ? String.join("", shown)
                : String.join(", ", shown.subList(0, shown.size() - 1)) + " or " + shown.getLast();
    }
}
