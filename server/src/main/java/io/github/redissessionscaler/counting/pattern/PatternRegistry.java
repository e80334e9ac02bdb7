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
 * The patterns of one database that were used recently. Callers of its methods, and of those of entries, must hold the
 * lock, and must signal changes that others wait for.
 */
final class PatternRegistry {

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();

    private final InstantSource clock;
    private final Duration idle;
    private final IntSupplier limit;
    private final PatternBudget budget;
    private final Map<MatchingKeys, PatternEntry> entries = new LinkedHashMap<>();

    private KeyCosts costs = KeyCosts.TYPICAL;

    private boolean closed;

    /**
     * Without patterns.
     *
     * @param idle time without use after which an entry is removed
     * @param limit most patterns
     * @param budget shared by all databases
     */
    PatternRegistry(InstantSource clock, Duration idle, IntSupplier limit, PatternBudget budget) {
        this.clock = clock;
        this.idle = idle;
        this.limit = limit;
        this.budget = budget;
    }

    /**
     * The entry of the query, marked as used now; created if absent.
     *
     * @throws LimitReachedException if the limit is reached
     */
    PatternEntry ask(MatchingKeys query) {
        Instant now = clock.instant();
        PatternEntry known = entries.get(query);
        if (known != null) {
            known.ask(now);
            return known;
        }
        PatternEntry entry = new PatternEntry(query, now);
        if (closed) {
            return entry;
        }
        forgetIdle();
        int most = limit.getAsInt();
        int weight = PatternEntry.weight(query);
        if (!entries.isEmpty() && weight() + weight > most) {
            throw refused("the scaler counts " + most + " patterns in this database already, its PATTERN_LIMIT");
        }
        if (!budget.take(weight, (long) PatternBudget.DATABASES * most)) {
            throw refused("the scaler counts " + PatternBudget.DATABASES + " times its PATTERN_LIMIT of " + most
                    + " patterns in all databases already");
        }
        entries.put(query, entry);
        return entry;
    }

    private int weight() {
        return entries.keySet().stream().mapToInt(PatternEntry::weight).sum();
    }

    private LimitReachedException refused(String reason) {
        return new LimitReachedException(
                reason + " (a long pattern counts as several); an unused pattern is removed after " + idle.toMinutes()
                        + " minutes");
    }

    /** The entry of the query, if there is one. */
    Optional<PatternEntry> find(MatchingKeys query) {
        return Optional.ofNullable(entries.get(query));
    }

    /** Marks an entry as used now. */
    void askAgain(PatternEntry entry) {
        entry.ask(clock.instant());
    }

    Collection<PatternEntry> all() {
        return entries.values();
    }

    boolean any(Predicate<PatternEntry> condition) {
        return entries.values().stream().anyMatch(condition);
    }

    /** Those that meet the condition. */
    List<PatternEntry> all(Predicate<PatternEntry> condition) {
        return entries.values().stream().filter(condition).toList();
    }

    /** The distinct filters of some entries. */
    static List<KeyFilter> filters(List<PatternEntry> some) {
        return some.stream().map(PatternEntry::filter).distinct().toList();
    }

    void forgetIdle() {
        if (closed) {
            return;
        }
        Instant oldest = clock.instant().minus(idle);
        entries.entrySet().removeIf(entry -> {
            boolean idle = entry.getValue().lastUsed().isBefore(oldest);
            if (idle) {
                budget.give(PatternEntry.weight(entry.getKey()));
            }
            return idle;
        });
    }

    KeyCosts costs() {
        return costs;
    }

    /** Adds measured costs. */
    void learnCost(KeyCosts measured) {
        costs = costs.with(measured);
    }

    void close() {
        if (!closed) {
            closed = true;
            budget.give(weight());
        }
        changed.signalAll();
    }

    boolean closed() {
        return closed;
    }
}
