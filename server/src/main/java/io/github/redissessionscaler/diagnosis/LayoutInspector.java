package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Keyspaces;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Layout;
import io.github.redissessionscaler.trigger.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Reads a few keys to check whether the data fits a trigger. Thread-safe. All methods block. */
public final class LayoutInspector {

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
        return found.stream().reduce(LayoutFindings.NONE, LayoutFindings::plus).after(overlaps(parts));
    }

    /** None if a source could not be inspected, which its count reports. */
    private List<String> overlaps(List<CountQuery.SumOf.Part> parts) {
        try {
            return OverlapCheck.of(keyspaces, parts, random);
        } catch (KeyspaceException e) {
            return List.of();
        }
    }

    private LayoutFindings findings(Keyspace keyspace, Source source, Optional<Layout> layout) {
        return switch (source.query()) {
            case CountQuery.MatchingKeys matching ->
                LayoutCheck.of(keyspace, matching, layout, counter.count(source).value() > 0, random);
            case CountQuery.AllKeys() -> DatabaseCheck.ofAllKeys(keyspace, random);
            case CountQuery.ExpiringKeys() -> DatabaseCheck.ofExpiringKeys(keyspace, random);
            case CountQuery.Elements _, CountQuery.RecentMembers _, CountQuery.UnexpiredMembers _, CountQuery.SumOf _ ->
                LayoutFindings.NONE;
        };
    }
}
