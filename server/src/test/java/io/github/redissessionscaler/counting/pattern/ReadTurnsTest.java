package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.KeyRule;
import io.github.redissessionscaler.trigger.KeyType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReadTurnsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ReadTurns turns = new ReadTurns();

    @Test
    void patternsWithoutReadsOfTheirOwnAreInEveryRound() {
        List<PatternEntry> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            MatchingKeys named = MatchingKeys.of("p" + i + "*");
            all.add(entry("strangers", named));
            all.add(entry("strangers", named.withType(KeyType.HASH)));
            all.add(entry("strangers", named.withMinTtl(MINUTE)));
            all.add(entry("strangers", named.with(new KeyRule.UsedWithin(MINUTE, Optional.empty()))));
        }

        assertThat(turns.next(all, 0)).isEqualTo(all);
        assertThat(turns.someWait()).isFalse();
    }

    @Test
    void othersTakeTurnsSoThatARoundHasABoundedNumberOfReads() {
        List<PatternEntry> all = fields("strangers", 0, 199);
        Set<PatternEntry> counted = new HashSet<>();

        for (int round = 0; round < 50; round++) {
            List<PatternEntry> next = turns.next(all, round);
            assertThat(next).hasSizeLessThanOrEqualTo(ReadTurns.READS);
            assertThat(turns.someWait()).isTrue();
            assertThat(turns.longestWaiting(all).isPresent()).isEqualTo(round == 49);
            counted.addAll(next);
        }

        assertThat(counted).hasSameElementsAs(all);
        assertThat(turns.longestWaiting(all)).hasValue(0);
    }

    @Test
    void namespacesAlternateHoweverManyPatternsOneOfThemHas() {
        List<PatternEntry> all = fields("strangers", 0, 199);
        PatternEntry honest = field("shop", "user");
        all.add(honest);

        for (int round = 0; round < 10; round++) {
            assertThat(turns.next(all, round)).contains(honest);
        }
    }

    @Test
    void moreNamespacesThanReadsTakeTurns() {
        List<PatternEntry> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.addAll(fields("namespace-" + i, 10 * i, 10 * i + 10));
        }
        PatternEntry honest = field("shop", "user");
        all.add(honest);

        int longest = 0;
        int waited = 0;
        for (int round = 0; round < 40; round++) {
            waited = turns.next(all, round).contains(honest) ? 0 : waited + 1;
            longest = Math.max(longest, waited);
        }
        assertThat(longest).isLessThanOrEqualTo(3);
    }

    /** A stranger that names the pattern too does not take its turns away. */
    @Test
    void aPatternOfSeveralNamespacesHasTheTurnsOfEach() {
        List<PatternEntry> all = fields("strangers", 0, 199);
        PatternEntry honest = field("shop", "user");
        honest.usedBy("strangers");
        all.add(honest);

        for (int round = 0; round < 10; round++) {
            assertThat(turns.next(all, round)).contains(honest);
        }
    }

    @Test
    void equalReadsAreOne() {
        List<PatternEntry> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(entry("strangers", MatchingKeys.of("p" + i + "*").with(new KeyRule.HasField("user"))));
        }

        assertThat(turns.next(all, 0)).isEqualTo(all);
    }

    private static List<PatternEntry> fields(String namespace, int from, int to) {
        List<PatternEntry> fields = new ArrayList<>();
        for (int i = from; i < to; i++) {
            fields.add(field(namespace, "field-" + i));
        }
        return fields;
    }

    private static PatternEntry field(String namespace, String field) {
        return entry(namespace, MatchingKeys.of("*").with(new KeyRule.HasField(field)));
    }

    private static PatternEntry entry(String namespace, MatchingKeys query) {
        var entry = new PatternEntry(query, Instant.EPOCH);
        entry.usedBy(namespace);
        return entry;
    }
}
