package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Layout;
import io.github.redissessionscaler.trigger.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** Reads a few keys to check whether the data fits a trigger. Thread-safe. All methods block. */
public final class LayoutInspector {

    private static final String ALL_KEYS_COUNT =
            "Redis does not report how many keys have a TTL, so all keys of the database are"
                    + " counted; allow the user +info, or use keyPattern";

    private final Keyspaces keyspaces;
    private final SourceCounter counter;
    private final RandomGenerator random;

    /** @param random chooses the keys */
    public LayoutInspector(Keyspaces keyspaces, SourceCounter counter, RandomGenerator random) {
        this.keyspaces = keyspaces;
        this.counter = counter;
        this.random = random;
    }

    /**
     * The shapes of some counted keys; empty for queries that visit no keys.
     *
     * @throws KeyspaceException if Redis is unavailable or refuses a command
     */
    public Optional<KeyShapes> shapes(Source source) {
        return source.parts().stream()
                .flatMap(part -> KeyShapes.of(keyspaces.of(part.database()), part.query(), random).stream())
                .reduce(KeyShapes::plus);
    }

    /**
     * Layout warnings from inspecting a few keys.
     *
     * @throws KeyspaceException if Redis is unavailable or refuses a command
     */
    public LayoutFindings findings(Source source, Optional<Layout> layout) {
        if (source.query() instanceof CountQuery.SumOf(List<CountQuery.SumOf.Part> parts)) {
            return findings(parts);
        }
        Keyspace keyspace = keyspaces.of(source.database());
        List<String> warnings = keyspace.warnings();
        try {
            List<String> missing = MissingData.of(keyspace, source.query());
            return findings(keyspace, source, layout).after(missing).after(warnings);
        } catch (KeyspaceException e) {
            if (warnings.isEmpty()) {
                throw e;
            }
            return LayoutFindings.NONE.after(warnings);
        }
    }

    /** Those of the sources that could be inspected; a failure if none could. */
    private LayoutFindings findings(List<CountQuery.SumOf.Part> parts) {
        List<LayoutFindings> found = new ArrayList<>();
        Optional<KeyspaceException> failure = Optional.empty();
        for (int i = 0; i < parts.size(); i++) {
            try {
                found.add(findings(parts.get(i).source(), parts.get(i).layout()).of("sources[" + i + "]"));
            } catch (KeyspaceException e) {
                failure = Optional.of(e);
            }
        }
        if (found.isEmpty() && failure.isPresent()) {
            throw failure.get();
        }
        return found.stream().reduce(LayoutFindings.NONE, LayoutFindings::plus);
    }

    private LayoutFindings findings(Keyspace keyspace, Source source, Optional<Layout> layout) {
        return switch (source.query()) {
            case CountQuery.MatchingKeys matching ->
                LayoutCheck.of(keyspace, matching, layout, counter.count(source).value() > 0, random);
            case CountQuery.AllKeys() -> LayoutCheck.ofSize(keyspace, random);
            case CountQuery.ExpiringKeys() -> ofExpiring(keyspace);
            case CountQuery.Elements _, CountQuery.RecentMembers _, CountQuery.UnexpiredMembers _, CountQuery.SumOf _ ->
                LayoutFindings.NONE;
        };
    }

    private static LayoutFindings ofExpiring(Keyspace keyspace) {
        long size = 0;
        long expiring = 0;
        for (Shard shard : keyspace.shards()) {
            OptionalLong known = shard.expiringKeys();
            if (known.isEmpty()) {
                return LayoutFindings.NONE.after(List.of(ALL_KEYS_COUNT));
            }
            size += shard.size();
            expiring += known.getAsLong();
        }
        return 2 * expiring < size
                ? LayoutFindings.NONE.after(
                        List.of("%s of %s keys have no TTL, and are not counted; if they are sessions, give"
                                        .formatted(Numbers.withCommas(size - expiring), Numbers.withCommas(size))
                                + " them a TTL or remove the preset"))
                : LayoutFindings.NONE;
    }
}
