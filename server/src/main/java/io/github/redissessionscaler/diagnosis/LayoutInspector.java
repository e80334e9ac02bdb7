package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Layout;
import io.github.redissessionscaler.trigger.Source;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Reads a few keys of a source to see whether they are what the trigger expects. Thread-safe. Every method blocks. */
public final class LayoutInspector {

    private static final String ALL_KEYS_COUNT =
            "Redis does not say how many keys have a time to live, so that all keys of the"
                    + " database count; allow the user +info, or use keyPattern";

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
     * How some of the keys look that are counted, with nothing in it that tells one session from another; empty for a way of
     * counting that visits no keys.
     *
     * @throws KeyspaceException if Redis does not answer, or does not allow the look
     */
    public Optional<KeyShapes> shapes(Source source) {
        return KeyShapes.of(keyspaces.of(source.database()), source.query(), random);
    }

    /**
     * What does not fit in a trigger's way of counting, as a look at a few keys shows.
     *
     * @throws KeyspaceException if Redis does not answer, or does not allow the look
     */
    public LayoutFindings findings(Source source, Optional<Layout> layout) {
        Keyspace keyspace = keyspaces.of(source.database());
        List<String> warnings = keyspace.warnings();
        try {
            return findings(keyspace, source, layout).after(warnings);
        } catch (KeyspaceException e) {
            if (warnings.isEmpty()) {
                throw e;
            }
            return LayoutFindings.NONE.after(warnings);
        }
    }

    private LayoutFindings findings(Keyspace keyspace, Source source, Optional<Layout> layout) {
        return switch (source.query()) {
            case CountQuery.MatchingKeys matching ->
                LayoutCheck.of(keyspace, matching, layout, counter.count(source).value() > 0, random);
            case CountQuery.AllKeys() -> LayoutCheck.ofSize(keyspace, random);
            case CountQuery.ExpiringKeys() ->
                keyspace.shards().stream()
                                .allMatch(shard -> shard.expiringKeys().isPresent())
                        ? LayoutFindings.NONE
                        : LayoutFindings.NONE.after(List.of(ALL_KEYS_COUNT));
            case CountQuery.Elements _, CountQuery.RecentMembers _, CountQuery.UnexpiredMembers _ ->
                LayoutFindings.NONE;
        };
    }
}
