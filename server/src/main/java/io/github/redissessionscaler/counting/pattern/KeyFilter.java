package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.pattern.KeyCheck.KeyRead;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Glob;
import io.github.redissessionscaler.trigger.KeyRule;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which keys count, and how much: {@link MatchingKeys} without its accuracy, so that equal filters are counted once. */
public record KeyFilter(List<Glob> patterns, List<Glob> excludes, List<KeyRule> rules) {

    public KeyFilter {
        patterns = List.copyOf(patterns);
        excludes = List.copyOf(excludes);
        rules = List.copyOf(rules);
    }

    public static KeyFilter of(MatchingKeys query) {
        return new KeyFilter(
                query.patterns().stream().map(Glob::of).toList(),
                query.excludes().stream().map(Glob::of).toList(),
                query.rules());
    }

    public boolean matchesName(byte[] key) {
        return matchesAny(patterns, key) && !matchesAny(excludes, key);
    }

    /** Without a stream or an iterator: it is called for every key of a database. */
    private static boolean matchesAny(List<Glob> globs, byte[] key) {
        for (int i = 0; i < globs.size(); i++) {
            if (globs.get(i).matches(key)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The reads that only some patterns share: of fields and sizes. Type, time to live and idle time of a key are read once for
     * all patterns of a database.
     */
    Set<KeyRead> ownReads() {
        return checks().stream()
                .map(KeyCheck::read)
                .filter(read -> !(read instanceof KeyRead.TypeRead
                        || read instanceof KeyRead.TtlRead
                        || read instanceof KeyRead.IdleRead))
                .collect(Collectors.toSet());
    }

    /** Its rules, those with cheap reads first. */
    List<KeyCheck> checks() {
        Optional<String> type = rules.stream()
                .filter(KeyRule.OfType.class::isInstance)
                .map(KeyRule.OfType.class::cast)
                .map(KeyRule.OfType::type)
                .findFirst();
        return rules.stream()
                .map(rule -> KeyCheck.of(rule, type))
                .sorted(Comparator.comparingInt(check -> check.read().order()))
                .toList();
    }
}
