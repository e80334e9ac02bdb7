package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Checks whether all keys of a database, or all with a time to live, may be the sessions. Leaves out what Redis refuses. */
final class DatabaseCheck {

    private static final String ALL_KEYS_COUNT =
            "Redis does not report how many keys have a TTL, so all keys of the database are"
                    + " counted; allow the user +info, or use keyPattern";

    /**
     * How many keys there are.
     *
     * @param expiring how many of them have a TTL
     */
    private record KeyNumbers(long all, long expiring) {

        long endless() {
            return Math.max(0, all - expiring);
        }

        boolean halfAreEndless() {
            return all > 0 && 2 * endless() >= all;
        }
    }

    private DatabaseCheck() {}

    /**
     * For a trigger that counts all keys. What was found before a failure is kept.
     *
     * @throws KeyspaceException if nothing was found, because Redis is unavailable
     */
    static LayoutFindings ofAllKeys(Keyspace keyspace, RandomGenerator random) {
        List<String> advice = new ArrayList<>();
        try {
            adviceOfAllKeys(keyspace, random, advice);
            return new LayoutFindings(advice, 0);
        } catch (KeyspaceException e) {
            if (advice.isEmpty()) {
                throw e;
            }
            return new LayoutFindings(advice, 0).incomplete();
        }
    }

    private static void adviceOfAllKeys(Keyspace keyspace, RandomGenerator random, List<String> advice) {
        allowed(() -> LayoutCheck.ofSize(keyspace, random)).ifPresent(findings -> advice.addAll(findings.advice()));
        Optional<KeyNumbers> numbers = allowed(() -> numbers(keyspace)).flatMap(known -> known);
        numbers.filter(KeyNumbers::halfAreEndless)
                .ifPresent(known -> advice.add(
                        "%s of %s keys have no TTL, and are counted until they are deleted; give sessions a TTL, or count"
                                        .formatted(Numbers.withCommas(known.endless()), Numbers.withCommas(known.all()))
                                + " them by keyPattern"));
        allowed(() -> LayoutFinder.ofFewKeys(keyspace, random))
                .flatMap(FoundLayouts::mixed)
                .ifPresent(advice::add);
    }

    /**
     * For a trigger that counts the keys with a time to live.
     *
     * @throws KeyspaceException if Redis is unavailable
     */
    static LayoutFindings ofExpiringKeys(Keyspace keyspace, RandomGenerator random) {
        Optional<KeyNumbers> numbers = allowed(() -> numbers(keyspace)).flatMap(known -> known);
        if (numbers.isEmpty()) {
            return LayoutFindings.NONE.after(List.of(ALL_KEYS_COUNT));
        }
        KeyNumbers known = numbers.orElseThrow();
        List<String> advice = new ArrayList<>();
        if (known.halfAreEndless()) {
            advice.add(
                    "%s of %s keys have no TTL, and are not counted; if they are sessions, give them a TTL or remove the preset"
                            .formatted(Numbers.withCommas(known.endless()), Numbers.withCommas(known.all())));
        }
        allowed(() -> LayoutFinder.ofFewKeys(keyspace, random))
                .flatMap(found -> found.mixedOfExpiring(known.expiring()))
                .ifPresent(advice::add);
        return new LayoutFindings(advice, 0);
    }

    /** Empty if a primary does not report how many keys have a TTL. */
    private static Optional<KeyNumbers> numbers(Keyspace keyspace) {
        long all = 0;
        long expiring = 0;
        for (Shard shard : keyspace.shards()) {
            OptionalLong known = shard.expiringKeys();
            if (known.isEmpty()) {
                return Optional.empty();
            }
            expiring += known.getAsLong();
            all += shard.size();
        }
        return Optional.of(new KeyNumbers(all, expiring));
    }

    /** Empty if Redis refuses the read, which counting does not need. */
    private static <T> Optional<T> allowed(Supplier<T> read) {
        try {
            return Optional.of(read.get());
        } catch (KeyspaceException e) {
            if (e.reason() == KeyspaceException.Reason.NOPERM) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
