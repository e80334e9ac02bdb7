package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * The patterns of one database that somebody asked about lately. Whoever calls a method, or one of an entry, holds the lock;
 * whoever changes what others wait for signals it.
 */
final class PatternRegistry {

    /** How much of a new measurement goes into the cost. */
    private static final double LEARNING = 0.2;

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();

    private final InstantSource clock;
    private final Duration idle;
    private final IntSupplier limit;
    private final Map<MatchingKeys, PatternEntry> entries = new LinkedHashMap<>();

    /** What a visit of a key costs its server, at first the usual. */
    private double serverNanosPerKey = 2_000;

    private boolean closed;

    /**
     * None yet.
     *
     * @param idle how long after it was asked about an entry is forgotten
     * @param limit how many there are at most
     */
    PatternRegistry(InstantSource clock, Duration idle, IntSupplier limit) {
        this.clock = clock;
        this.idle = idle;
        this.limit = limit;
    }

    /**
     * What is known for the query, which is asked about now.
     *
     * @throws LimitReachedException if there is no room for it
     */
    PatternEntry ask(MatchingKeys query) {
        Instant now = clock.instant();
        PatternEntry known = entries.get(query);
        if (known != null) {
            known.ask(now);
            return known;
        }
        forgetIdle();
        int most = limit.getAsInt();
        int weight = entries.keySet().stream().mapToInt(PatternEntry::weight).sum();
        if (!entries.isEmpty() && weight + PatternEntry.weight(query) > most) {
            throw new LimitReachedException("the scaler counts " + most + " patterns in this database already, which"
                    + " is its PATTERN_LIMIT (a long one counts as"
                    + " several); one that nobody asks about makes"
                    + " room after "
                    + idle.toMinutes()
                    + " minutes");
        }
        PatternEntry entry = new PatternEntry(query, now);
        entries.put(query, entry);
        return entry;
    }

    /** What is known for the query, if somebody asked about it lately. */
    Optional<PatternEntry> find(MatchingKeys query) {
        return Optional.ofNullable(entries.get(query));
    }

    /** Keeps an entry from being forgotten. */
    void askAgain(PatternEntry entry) {
        entry.ask(clock.instant());
    }

    Collection<PatternEntry> all() {
        return entries.values();
    }

    boolean any(Predicate<PatternEntry> condition) {
        return entries.values().stream().anyMatch(condition);
    }

    /** What the entries filter by that meet the condition, each once. */
    List<KeyFilter> filters(Predicate<PatternEntry> condition) {
        return entries.values().stream()
                .filter(condition)
                .map(PatternEntry::filter)
                .distinct()
                .toList();
    }

    void forgetIdle() {
        Instant oldest = clock.instant().minus(idle);
        entries.values().removeIf(entry -> entry.asked().isBefore(oldest));
    }

    double serverNanosPerKey() {
        return serverNanosPerKey;
    }

    /** Takes what a visit of a key was measured to cost; 0 if nothing was. */
    void learnCost(double nanosPerKey) {
        if (nanosPerKey > 0) {
            serverNanosPerKey += LEARNING * (nanosPerKey - serverNanosPerKey);
        }
    }

    void close() {
        closed = true;
        changed.signalAll();
    }

    boolean closed() {
        return closed;
    }
}
