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
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

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
     * The shapes of some counted keys; empty for queries that visit no keys. Of several sources, those that could be
     * inspected.
     *
     * @throws KeyspaceException if Redis is unavailable or refuses a command, for all sources
     */
    public Optional<KeyShapes> shapes(Source source) {
        return ofEach(source.parts(), part -> KeyShapes.of(keyspaces.of(part.database()), part.query(), random))
                .results()
                .stream()
                .flatMap(Optional::stream)
                .reduce(KeyShapes::plus);
    }

    /**
     * What some of the sources gave.
     *
     * @param complete whether all of them did
     */
    private record PartResults<R>(List<R> results, boolean complete) {}

    /** Inspects each source, and continues after a failure. Throws the last failure if all fail. */
    private static <S, R> PartResults<R> ofEach(List<S> sources, Function<S, R> inspection) {
        List<R> results = new ArrayList<>();
        Optional<KeyspaceException> failure = Optional.empty();
        for (S source : sources) {
            try {
                results.add(inspection.apply(source));
            } catch (KeyspaceException e) {
                failure = Optional.of(e);
            }
        }
        if (results.isEmpty() && failure.isPresent()) {
            throw failure.get();
        }
        return new PartResults<>(results, failure.isEmpty());
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
            return LayoutFindings.NONE.after(warnings).incomplete();
        }
    }

    /** Those of the sources that could be inspected; a failure if none could. */
    private LayoutFindings findings(List<CountQuery.SumOf.Part> parts) {
        PartResults<LayoutFindings> inspected = ofEach(
                IntStream.range(0, parts.size()).boxed().toList(),
                i -> findings(parts.get(i).source(), parts.get(i).layout()).of("sources[" + i + "]"));
        LayoutFindings sum = inspected.results().stream()
                .reduce(LayoutFindings.NONE, LayoutFindings::plus)
                .after(overlaps(parts));
        return inspected.complete() ? sum : sum.incomplete();
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
