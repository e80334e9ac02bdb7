package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.counting.pattern.KeyCheck.KeyRead;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Chooses the patterns that a round counts, so that a key costs a bounded number of commands however many patterns there are.
 *
 * <p>Patterns whose rules need nothing but type, time to live and idle time are in every round. The others take turns, with
 * {@link #READS} different reads in a round: namespaces alternate, and the pattern of a namespace that has waited longest comes
 * first. Not thread-safe.
 */
final class ReadTurns {

    /**
     * Different reads of fields and sizes in a round, for each key. A pattern needs up to three, and is not divided, so there may
     * be two more.
     */
    static final int READS = 4;

    /** A round that counts, or counted, a pattern; the first one has the number 1. */
    private record TurnRound(long number, long nanos) {
        static final TurnRound NEVER = new TurnRound(0, 0);
    }

    private TurnRound round = TurnRound.NEVER;
    private boolean someWait;
    private final Map<PatternEntry, TurnRound> roundOfEntry = new HashMap<>();
    private final Map<String, Long> roundOfNamespace = new HashMap<>();

    /**
     * The patterns of the next round, in their order.
     *
     * @param now as {@link System#nanoTime}
     */
    List<PatternEntry> next(Collection<PatternEntry> entries, long now) {
        round = new TurnRound(round.number() + 1, now);
        roundOfEntry.keySet().retainAll(entries);
        roundOfNamespace
                .keySet()
                .removeIf(name ->
                        entries.stream().noneMatch(entry -> entry.namespaces().contains(name)));
        Set<KeyRead> reads = new HashSet<>();
        Map<String, Integer> picks = new HashMap<>();
        List<PatternEntry> waiting = new ArrayList<>(entries);
        waiting.removeIf(entry -> entry.filter().ownReads().isEmpty());
        while (reads.size() < READS && !waiting.isEmpty()) {
            Turn turn = waiting.stream()
                    .map(entry -> turn(entry, picks))
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            picks.merge(turn.namespace(), 1, Integer::sum);
            roundOfNamespace.put(turn.namespace(), round.number());
            reads.addAll(turn.entry().filter().ownReads());
            waiting.removeIf(entry -> reads.containsAll(entry.filter().ownReads()));
        }
        List<PatternEntry> chosen = new ArrayList<>(entries);
        chosen.removeAll(waiting);
        chosen.forEach(entry -> roundOfEntry.put(entry, round));
        someWait = !waiting.isEmpty();
        return chosen;
    }

    /** Whether the last round left patterns out. */
    boolean someWait() {
        return someWait;
    }

    /** When the round began that counted the one that has waited longest; empty if there was none for one of them. */
    OptionalLong longestWaiting(Collection<PatternEntry> entries) {
        TurnRound first = entries.stream()
                .map(entry -> roundOfEntry.getOrDefault(entry, TurnRound.NEVER))
                .min(Comparator.comparingLong(TurnRound::number))
                .orElse(round);
        return first.equals(TurnRound.NEVER) ? OptionalLong.empty() : OptionalLong.of(first.nanos());
    }

    /** A pattern on behalf of one of its namespaces; the smallest is the next. */
    private record Turn(PatternEntry entry, String namespace, int picks, long roundOfNamespace, long roundOfEntry)
            implements Comparable<Turn> {

        private static final Comparator<Turn> ORDER = Comparator.comparingInt(Turn::picks)
                .thenComparingLong(Turn::roundOfNamespace)
                .thenComparingLong(Turn::roundOfEntry);

        @Override
        public int compareTo(Turn other) {
            return ORDER.compare(this, other);
        }
    }

    private Turn turn(PatternEntry entry, Map<String, Integer> picks) {
        return entry.namespaces().stream()
                .map(name -> new Turn(
                        entry,
                        name,
                        picks.getOrDefault(name, 0),
                        roundOfNamespace.getOrDefault(name, 0L),
                        roundOfEntry.getOrDefault(entry, TurnRound.NEVER).number()))
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
