package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.trigger.Glob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A pattern for keys that may be sessions although no preset fits: they consist of a common beginning and an id, and most of them
 * have a time to live.
 *
 * @param keyPattern a glob
 * @param keyType the type of these keys, if keys of other types match the pattern too
 * @param keys number of keys that match; an estimate if not all keys were inspected
 */
public record PatternProposal(String keyPattern, Optional<String> keyType, double keys) {

    /** An id that nobody chose. */
    private static final Pattern ID = Pattern.compile("(?=.*[0-9])[-0-9A-Za-z_,+=%~]{16,128}");

    private static final String SEPARATORS = ":./|";
    private static final String SEPARATORS_IN_IDS = "-_";

    /** Part of the keys with the same beginning that must be alike, for a pattern without the length of the id. */
    private static final double NEARLY_ALL = 0.9;

    /** Keys of one kind: the same beginning, up to the id, and the same type. */
    private record Kind(String beginning, Optional<String> type) {}

    private static final int MOST = 3;

    /** The proposals, that which most keys match first. */
    static List<PatternProposal> of(List<SeenKey> all) {
        Map<Kind, List<SeenKey>> kinds = new HashMap<>();
        for (SeenKey key : all) {
            int end = end(key.latin1(), SEPARATORS);
            if (end > 0 && ID.matcher(key.latin1().substring(end)).matches()) {
                kinds.computeIfAbsent(new Kind(key.latin1().substring(0, end), key.type()), _ -> new ArrayList<>())
                        .add(key);
            }
        }
        if (kinds.values().stream().noneMatch(keys -> keys.size() >= KeyShapes.FEWEST)) {
            kinds.clear();
            withoutSeparators(all, kinds);
        }
        return kinds.entrySet().stream()
                .filter(kind -> kind.getValue().size() >= KeyShapes.FEWEST)
                .filter(kind ->
                        2 * kind.getValue().stream().filter(SeenKey::expires).count()
                                >= kind.getValue().size())
                .sorted(Comparator.<Map.Entry<Kind, List<SeenKey>>>comparingDouble(kind -> -weight(kind.getValue()))
                        .thenComparing(kind -> kind.getKey().beginning()))
                .limit(MOST)
                .flatMap(kind -> of(kind.getKey(), kind.getValue(), all).stream())
                .toList();
    }

    /** Beginnings such as {@code app_}, of ids that have such characters too: the longest that nearly all of these keys share. */
    private static void withoutSeparators(List<SeenKey> all, Map<Kind, List<SeenKey>> kinds) {
        List<SeenKey> ids = all.stream()
                .filter(key -> ID.matcher(key.latin1()).matches() && end(key.latin1(), SEPARATORS_IN_IDS) > 0)
                .toList();
        Map<String, Integer> sharers = new HashMap<>();
        ids.forEach(key -> KeyShapes.words(0, key.bytes()).forEach(words -> sharers.merge(words, 1, Integer::sum)));
        for (SeenKey key : ids) {
            KeyShapes.words(0, key.bytes()).stream()
                    .filter(words -> sharers.getOrDefault(words, 0) >= Math.max(KeyShapes.FEWEST, ids.size() / 4))
                    .reduce((_, longer) -> longer)
                    .filter(words ->
                            ID.matcher(key.latin1().substring(words.length())).matches())
                    .ifPresent(words -> kinds.computeIfAbsent(new Kind(words, key.type()), _ -> new ArrayList<>())
                            .add(key));
        }
    }

    private static Optional<PatternProposal> of(Kind kind, List<SeenKey> keys, List<SeenKey> all) {
        String beginning = kind.beginning();
        Set<Integer> lengths = new HashSet<>();
        keys.forEach(key -> lengths.add(key.latin1().length()));
        List<SeenKey> others =
                all.stream().filter(key -> key.latin1().startsWith(beginning)).toList();
        boolean alone = weight(keys) >= NEARLY_ALL * weight(others);
        if (!alone && lengths.size() > 1) {
            return Optional.empty();
        }
        String name = new SeenKey(beginning, Optional.empty(), Optional.empty(), 0).name();
        String ids = alone ? "*" : "?".repeat(lengths.iterator().next() - beginning.length());
        boolean otherTypes = others.stream()
                .filter(key -> alone || lengths.contains(key.latin1().length()))
                .anyMatch(key -> !key.type().equals(kind.type()));
        return Optional.of(new PatternProposal(
                Glob.escape(name) + ids, otherTypes ? kind.type() : Optional.empty(), weight(keys)));
    }

    private static int end(String name, String separators) {
        for (int i = name.length() - 1; i >= 0; i--) {
            if (separators.indexOf(name.charAt(i)) >= 0) {
                return i + 1;
            }
        }
        return 0;
    }

    private static double weight(List<SeenKey> keys) {
        return keys.stream().mapToDouble(SeenKey::weight).sum();
    }
}
