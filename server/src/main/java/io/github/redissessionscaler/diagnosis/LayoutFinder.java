package io.github.redissessionscaler.diagnosis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.counting.pattern.KeyFilter;
import io.github.redissessionscaler.counting.pattern.MatchCounter;
import io.github.redissessionscaler.diagnosis.FoundLayouts.Fit;
import io.github.redissessionscaler.diagnosis.FoundLayouts.KeyGroup;
import io.github.redissessionscaler.diagnosis.FoundLayouts.TtlRange;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.ScanPage;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Glob;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Layout;
import io.github.redissessionscaler.trigger.LayoutSignature;
import io.github.redissessionscaler.trigger.Preset;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the session layouts that the keys of a database fit. Inspects all keys of a small primary, a sample of a larger one.
 *
 * <p>A layout whose setting is not the default is only suggested if several keys have it: it could belong to one session
 * otherwise. For one database.
 */
public final class LayoutFinder {

    /**
     * How many keys are inspected.
     *
     * @param allOf up to so many keys of a primary are all inspected
     * @param samples how often a sample of a larger one is drawn, each of at most about 1,000 keys
     */
    private record Effort(int allOf, int samples) {

        static final Effort THOROUGH = new Effort(10_000, 10);
        static final Effort BRIEF = new Effort(PAGE, 1);
    }

    private static final int PAGE = 1_000;

    /** How many layouts are counted: more would cost time, and say no more. */
    private static final int MOST_CANDIDATES = 60;

    private static final int MOST_GROUPS = 8;

    /** Part of a layout's keys that another one counts, so that both are of the same keys. */
    private static final double SAME = 0.9;

    /** A session's id and nothing else. */
    private static final Pattern BARE_ID = Pattern.compile("[-0-9A-Za-z_]{16,128}");

    /** The inspected keys of a shard. */
    private record SeenShard(Shard shard, List<SeenKey> keys) {}

    /** What a layout counts of the inspected keys. */
    private record Candidate(LayoutSignature signature, Layout layout, Map<ByteBuffer, Double> keys) {
        double sessions() {
            return keys.values().stream().mapToDouble(weight -> weight).sum();
        }

        double within(Set<ByteBuffer> others) {
            return (double) keys.keySet().stream().filter(others::contains).count() / (double) keys.size();
        }
    }

    private final Keyspace keyspace;
    private final Effort effort;
    private final RandomGenerator random;
    private final List<SeenShard> seen = new ArrayList<>();

    private LayoutFinder(Keyspace keyspace, Effort effort, RandomGenerator random) {
        this.keyspace = keyspace;
        this.effort = effort;
        this.random = random;
    }

    /**
     * Inspects up to 10,000 keys of each primary.
     *
     * @param index of the database, for the result
     * @throws KeyspaceException if Redis is unavailable or refuses to list keys
     */
    public static FoundLayouts of(Keyspace keyspace, int index, RandomGenerator random) {
        return new LayoutFinder(keyspace, Effort.THOROUGH, random).found(index);
    }

    /**
     * The same with up to 1,000 keys of each primary, which takes a few milliseconds of its time.
     *
     * @throws KeyspaceException if Redis is unavailable or refuses to list keys
     */
    static FoundLayouts ofFewKeys(Keyspace keyspace, RandomGenerator random) {
        return new LayoutFinder(keyspace, Effort.BRIEF, random).found(0);
    }

    private FoundLayouts found(int index) {
        long size = 0;
        for (Shard shard : keyspace.shards()) {
            long keys = shard.size();
            size += keys;
            seen.add(new SeenShard(shard, look(shard, keys)));
        }
        List<SeenKey> all = seen.stream().flatMap(part -> part.keys().stream()).toList();
        List<Fit> fits = fits(all);
        if (fits.isEmpty()) {
            fits = bareIds(all);
        }
        return new FoundLayouts(index, size, all.size(), fits, PatternProposal.of(all), groups(all));
    }

    private List<SeenKey> look(Shard shard, long size) {
        List<byte[]> keys = size <= effort.allOf ? everyKey(shard) : sample(shard);
        double weight = keys.isEmpty() ? 0 : Math.max(1, (double) size / (double) keys.size());
        List<SeenKey> looked = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += PAGE) {
            List<byte[]> page = keys.subList(from, Math.min(keys.size(), from + PAGE));
            Optional<List<String>> types = allowed(page, shard::types);
            Optional<List<Long>> ttls = allowed(page, shard::timesToLive);
            for (int i = 0; i < page.size(); i++) {
                int at = i;
                Optional<String> type = types.map(every -> every.get(at));
                if (!type.equals(Optional.of(Shard.GONE))) {
                    looked.add(new SeenKey(
                            new String(page.get(i), ISO_8859_1),
                            type,
                            ttls.map(every -> every.get(at)),
                            size <= effort.allOf ? 1 : weight));
                }
            }
        }
        return looked;
    }

    private List<byte[]> everyKey(Shard shard) {
        Set<ByteBuffer> keys = new HashSet<>();
        String cursor = "0";
        int pages = 0;
        do {
            ScanPage page = shard.scan(List.of(cursor), PAGE).getFirst();
            page.keys().forEach(key -> keys.add(ByteBuffer.wrap(key)));
            cursor = page.cursor();
            pages++;
        } while (!cursor.equals("0") && pages < 10 * effort.allOf / PAGE);
        return keys.stream().map(ByteBuffer::array).toList();
    }

    private List<byte[]> sample(Shard shard) {
        Set<ByteBuffer> keys = new HashSet<>();
        for (int i = 0; i < effort.samples; i++) {
            KeySample.of(shard, random).forEach(key -> keys.add(ByteBuffer.wrap(key)));
        }
        return keys.stream().map(ByteBuffer::array).toList();
    }

    private static <T> Optional<List<T>> allowed(List<byte[]> keys, Function<List<byte[]>, List<T>> read) {
        try {
            return Optional.of(read.apply(keys));
        } catch (KeyspaceException e) {
            if (e.reason() == KeyspaceException.Reason.NOPERM) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private List<Fit> fits(List<SeenKey> all) {
        List<Candidate> accepted = new ArrayList<>();
        Map<Candidate, List<Preset>> alsoFit = new LinkedHashMap<>();
        Set<ByteBuffer> claimed = new HashSet<>();
        for (LayoutSignature.Suggestion suggestion : suggested(all)) {
            Layout layout = suggestion.layout();
            if (suggestion.signature().vague() && !fitsItsLikes(suggestion, all)) {
                continue;
            }
            if (accepted.stream().anyMatch(better -> writesBoth(better.layout(), layout))) {
                continue;
            }
            Candidate candidate = counted(suggestion);
            if (candidate.keys().isEmpty()) {
                continue;
            }
            if (candidate.within(claimed) < SAME) {
                accepted.add(candidate);
                alsoFit.put(candidate, new ArrayList<>());
                claimed.addAll(candidate.keys().keySet());
            } else if (!suggestion.signature().vague()) {
                accepted.stream()
                        .filter(other -> other.within(candidate.keys().keySet()) >= SAME
                                && candidate.within(other.keys().keySet()) >= SAME)
                        .filter(other -> other.layout()
                                .setting()
                                .equals(candidate.layout().setting()))
                        .findFirst()
                        .ifPresent(other -> alsoFit.getOrDefault(other, new ArrayList<>())
                                .add(candidate.layout().preset()));
            }
        }
        return accepted.stream()
                .map(candidate -> new Fit(
                        candidate.layout(),
                        candidate.sessions(),
                        candidate.signature().vague(),
                        alsoFit.getOrDefault(candidate, List.of())))
                .sorted(Comparator.comparingDouble(Fit::sessions).reversed())
                .toList();
    }

    /** Whether the framework of a layout also writes keys that fit the other one. */
    private static boolean writesBoth(Layout layout, Layout other) {
        boolean micronaut = layout.preset() == Preset.MICRONAUT
                && other.preset() == Preset.SPRING_SESSION
                && layout.effectiveSetting().equals(other.effectiveSetting().map(namespace -> namespace + ":"));
        return micronaut || layout.rival().equals(Optional.of(other));
    }

    /** The layouts that enough keys suggest, the more characteristic ones first. */
    private List<LayoutSignature.Suggestion> suggested(List<SeenKey> all) {
        Map<LayoutSignature.Suggestion, List<SeenKey>> keys = new HashMap<>();
        for (SeenKey key : all) {
            Optional<KeyType> type = key.type().flatMap(KeyType::named);
            if (key.type().isPresent() && type.isEmpty()) {
                continue;
            }
            LayoutSignature.suggestions(key.name(), type)
                    .forEach(suggestion -> keys.computeIfAbsent(suggestion, _ -> new ArrayList<>())
                            .add(key));
        }
        // the index of the reactive repository also has ids that sessions no longer have
        boolean reactive = all.stream().anyMatch(key -> key.name().endsWith(":idx"));
        return keys.entrySet().stream()
                .filter(entry -> !reactive || entry.getKey().layout().preset() != Preset.SPRING_SESSION_ZSET)
                .filter(entry -> isCredible(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt((Map.Entry<LayoutSignature.Suggestion, List<SeenKey>> entry) ->
                                LayoutSignature.all().indexOf(entry.getKey().signature()))
                        .thenComparingInt(entry -> -entry.getValue().size()))
                .map(Map.Entry::getKey)
                .limit(MOST_CANDIDATES)
                .toList();
    }

    private static boolean isCredible(LayoutSignature.Suggestion suggestion, List<SeenKey> keys) {
        boolean oneKeyIsEnough = suggestion.signature().type() == KeyType.ZSET
                || (suggestion.layout().setting().isEmpty()
                        && !suggestion.signature().vague());
        long expiring = keys.stream().filter(SeenKey::expires).count();
        return (oneKeyIsEnough || keys.size() >= KeyShapes.FEWEST)
                && (suggestion.signature().endless() || 2 * expiring >= keys.size());
    }

    /**
     * Whether nearly all keys that begin in the same way and are as long also fit, except for those that the layout excludes:
     * otherwise the ids are of another form, and some of them only happen to fit.
     */
    private static boolean fitsItsLikes(LayoutSignature.Suggestion suggestion, List<SeenKey> all) {
        if (!(suggestion.layout().query() instanceof CountQuery.MatchingKeys query)) {
            return true;
        }
        String beginning = suggestion.layout().setting().orElse("");
        List<SeenKey> fitting = all.stream()
                .filter(key -> key.name().startsWith(beginning))
                .filter(key -> suggests(key, suggestion))
                .toList();
        Set<Integer> lengths = fitting.stream().map(key -> key.name().length()).collect(Collectors.toSet());
        List<Glob> excludes = query.excludes().stream().map(Glob::of).toList();
        long likes = all.stream()
                .filter(key -> key.name().startsWith(beginning)
                        && lengths.contains(key.name().length()))
                .filter(key -> key.isOf(suggestion.signature().type()))
                .filter(key -> excludes.stream().noneMatch(glob -> glob.matches(key.bytes())))
                .count();
        return (double) fitting.size() >= SAME * (double) likes;
    }

    private static boolean suggests(SeenKey key, LayoutSignature.Suggestion suggestion) {
        return LayoutSignature.suggestions(key.name(), key.type().flatMap(KeyType::named))
                .contains(suggestion);
    }

    private Candidate counted(LayoutSignature.Suggestion suggestion) {
        Layout layout = suggestion.layout();
        Map<ByteBuffer, Double> keys = new HashMap<>();
        if (layout.query() instanceof CountQuery.MatchingKeys matching) {
            KeyFilter filter = KeyFilter.of(matching);
            for (SeenShard part : seen) {
                Map<ByteBuffer, Double> weights = new HashMap<>();
                part.keys().forEach(key -> weights.put(ByteBuffer.wrap(key.bytes()), key.weight()));
                List<byte[]> named = part.keys().stream()
                        .map(SeenKey::bytes)
                        .filter(filter::matchesName)
                        .toList();
                // where Redis refuses what a rule reads, the names decide
                allowed(named, some -> MatchCounter.counted(part.shard(), filter, some))
                        .orElse(named)
                        .forEach(key -> {
                            ByteBuffer bytes = ByteBuffer.wrap(key);
                            keys.put(bytes, weights.getOrDefault(bytes, 1.0));
                        });
            }
        } else if (layout.query() instanceof CountQuery.UnexpiredMembers(String key)) {
            allowed(List.of(key.getBytes(UTF_8)), _ -> List.of(unexpired(key)))
                    .ifPresent(members -> keys.put(ByteBuffer.wrap(key.getBytes(UTF_8)), members.getFirst()));
        }
        return new Candidate(suggestion.signature(), layout, keys);
    }

    private double unexpired(String key) {
        return (double) keyspace.countByScore(key, (double) keyspace.time().toEpochMilli(), Double.POSITIVE_INFINITY);
    }

    /** A database in which most keys are nothing but an id that expires. */
    private static List<Fit> bareIds(List<SeenKey> all) {
        List<SeenKey> ids = all.stream()
                .filter(key -> key.expires() && BARE_ID.matcher(key.name()).matches())
                .toList();
        double expiring = all.stream()
                .filter(SeenKey::expires)
                .mapToDouble(SeenKey::weight)
                .sum();
        return ids.size() >= KeyShapes.FEWEST
                        && ids.stream().mapToDouble(SeenKey::weight).sum() >= SAME * expiring
                ? List.of(new Fit(new Layout(Preset.DEDICATED_DATABASE, Optional.empty()), expiring, false, List.of()))
                : List.of();
    }

    /** Groups of keys with the same type that begin with the same words, which enough keys share. */
    private static List<KeyGroup> groups(List<SeenKey> all) {
        Map<String, Integer> sharers = new HashMap<>();
        all.forEach(key -> KeyShapes.words(0, key.bytes()).forEach(words -> sharers.merge(words, 1, Integer::sum)));
        int enough = Math.max(KeyShapes.FEWEST, all.size() / 50);
        Map<KeyGroup, List<SeenKey>> kinds = new HashMap<>();
        for (SeenKey key : all) {
            String words = KeyShapes.words(0, key.bytes()).stream()
                    .filter(some -> sharers.getOrDefault(some, 0) >= enough)
                    .reduce("", (_, longer) -> longer);
            kinds.computeIfAbsent(new KeyGroup(words + "*", key.type(), 0, Optional.empty()), _ -> new ArrayList<>())
                    .add(key);
        }
        double total = all.stream().mapToDouble(SeenKey::weight).sum();
        return kinds.entrySet().stream()
                .map(kind -> new KeyGroup(
                        kind.getKey().masked(),
                        kind.getKey().type(),
                        kind.getValue().stream().mapToDouble(SeenKey::weight).sum() / total,
                        ttl(kind.getValue())))
                .sorted(Comparator.comparingDouble(KeyGroup::share).reversed().thenComparing(KeyGroup::masked))
                .limit(MOST_GROUPS)
                .toList();
    }

    private static Optional<TtlRange> ttl(List<SeenKey> keys) {
        List<Long> known =
                keys.stream().flatMap(key -> key.ttlMillis().stream()).sorted().toList();
        return known.isEmpty() ? Optional.empty() : Optional.of(new TtlRange(known.getFirst(), known.getLast()));
    }
}
