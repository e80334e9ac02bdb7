package io.github.redissessionscaler.counting.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.counting.pattern.MatchCounter.MatchSum;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Glob;
import io.github.redissessionscaler.trigger.KeyRule;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The counts of one query. Guarded by the lock of its {@link PatternRegistry}. */
public final class PatternEntry {

    /** An exact count that is older and will not be renewed is replaced by an estimate. */
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    /** Namespaces that are remembered of a pattern; further ones share its turns. */
    private static final int MOST_NAMESPACES = 16;

    private static final String IMPRECISE =
            "too few of the sampled keys match for a precise estimate: its standard error is more"
                    + " than 5 %; set accuracy to 'exact', or keep the sessions in a database of their own";

    private final KeyFilter filter;
    private final Accuracy accuracy;
    private final Set<String> namespaces = new LinkedHashSet<>();
    private StableEstimate calm = new StableEstimate();
    private Instant lastUsed;
    private boolean fewKeys;
    private boolean delayed;
    private boolean late;
    private boolean imprecise;

    private @Nullable Method method;
    private @Nullable Count exact;
    private @Nullable Count estimate;

    /** Why Redis refused a read that the last count needed. */
    private @Nullable KeyspaceException refusal;

    public PatternEntry(MatchingKeys query, Instant lastUsed) {
        this.filter = KeyFilter.of(query);
        this.accuracy = query.accuracy();
        this.lastUsed = lastUsed;
    }

    /** As how many patterns it counts towards the limit: the cost of matching grows with the length of the pattern. */
    static int weight(MatchingKeys query) {
        int bytes = Stream.concat(query.patterns().stream(), query.excludes().stream())
                .mapToInt(PatternEntry::bytes)
                .sum();
        return Math.max(1, Math.ceilDiv(bytes, Glob.BYTES_AT_A_STEP));
    }

    private static int bytes(String pattern) {
        return pattern.getBytes(UTF_8).length;
    }

    KeyFilter filter() {
        return filter;
    }

    Instant lastUsed() {
        return lastUsed;
    }

    void ask(Instant now) {
        lastUsed = now;
    }

    /** A trigger of this namespace uses it. */
    void usedBy(String namespace) {
        if (namespaces.size() < MOST_NAMESPACES) {
            namespaces.add(namespace);
        }
    }

    /** The namespaces that use it, at least one; the empty one before any is known. */
    Set<String> namespaces() {
        return namespaces.isEmpty() ? Set.of("") : Collections.unmodifiableSet(namespaces);
    }

    boolean isNew() {
        return method == null;
    }

    /** Whether its next count is by a full scan. */
    boolean scanned() {
        return method == Method.EXACT;
    }

    boolean lacksScan() {
        return method == null || (scanned() && exact == null && refusal == null);
    }

    /**
     * Whether it is sampled. Until the first full scan an estimate is used, unless there are few keys and no other scan is
     * running.
     */
    boolean sampled() {
        return method == Method.ESTIMATE
                || (scanned() && (delayed || (exact == null && refusal == null && (late || !fewKeys))));
    }

    boolean lacksSample() {
        return sampled() && estimate == null && refusal == null;
    }

    /** Whether it is only estimated, so that no scan serves it. */
    boolean onlySampled() {
        return method == Method.ESTIMATE;
    }

    /** The count by the chosen method, if there is one, or an estimate if no scan can complete. */
    @Nullable
    Count asChosen() {
        return method == null ? null : scanned() && !delayed ? exact : estimate;
    }

    /** The count to return, if there is one. */
    @Nullable
    public Count best() {
        boolean exactFirst = scanned() && !delayed;
        Count first = exactFirst ? exact : estimate;
        Count second = exactFirst ? estimate : exact;
        return first != null ? first : second;
    }

    /** Chooses the counting method. */
    void choose(MethodChoice choice, long largestShard, KeyCosts costs) {
        Method before = method;
        fewKeys = largestShard <= MethodChoice.FEW_KEYS;
        method = before == null
                ? choice.choose(accuracy, largestShard, costs.of(filter))
                : choice.choose(accuracy, largestShard, costs.of(filter), before);
        if (before != null && before != method) {
            if (scanned()) {
                exact = null;
            } else {
                estimate = null;
            }
        }
    }

    /** It was added while a scan was running that does not count it. */
    void missesScan() {
        late = true;
    }

    /** A scan has ended that did not count it, since others had their turn. */
    void waitsForTurn(Instant now) {
        if (refusal == null && exact == null) {
            missesScan();
        } else if (refusal == null) {
            scanDelayed(now);
        }
    }

    void scanned(MatchSum sum, Instant now) {
        refusal = sum.refusal().orElse(null);
        exact = refusal == null ? Count.exact((double) sum.sum(), now) : null;
        late = false;
        forgetEstimate();
        delayed = false;
    }

    /** Scans have failed. Discards counts that are too old. */
    void forgetOld(Instant now) {
        if (exact != null && isOld(exact, now)) {
            exact = null;
        }
        forgetOldEstimate(now);
    }

    /** Samples have failed. Discards an estimate that is too old, but no count that a scan renews. */
    void forgetOldEstimate(Instant now) {
        if (estimate != null && isOld(estimate, now)) {
            forgetEstimate();
        }
    }

    private void forgetEstimate() {
        estimate = null;
        calm = new StableEstimate();
    }

    private static boolean isOld(Count count, Instant now) {
        return count.asOf().plus(LONGEST_DELAY).isBefore(now);
    }

    /** A scan was discarded because keys moved during it; the next may be too. */
    void scanDelayed(Instant now) {
        delayed = exact == null || isOld(exact, now);
    }

    /** Why there is no count although the database was counted: Redis refuses a read that this query needs. */
    @Nullable
    KeyspaceException refusal() {
        return refusal;
    }

    /** Whether it has an exact count. */
    boolean counted() {
        Count best = best();
        return best != null && best.method() == Method.EXACT;
    }

    /** Whether it counts by Redis's idle times. */
    boolean readsIdleTimes() {
        return filter.rules().stream()
                .anyMatch(rule -> rule instanceof KeyRule.UsedWithin used
                        && used.sessionTtl().isEmpty());
    }

    /** Whether its counts reset the idle times of the keys. */
    boolean resetsIdleTimes() {
        return filter.rules().stream().anyMatch(KeyRule::readCountsAsUse);
    }

    /** Why its estimate may be wrong, each a sentence for an operator. */
    public List<String> doubts() {
        return imprecise ? List.of(IMPRECISE) : List.of();
    }

    /**
     * Adds the newest estimate. The first one is reported when it is precise, or after a time limit. It replaces an exact count that
     * no scan renews.
     */
    public void sampled(Estimates.Estimate newest, Instant now) {
        refusal = newest.refusal().orElse(null);
        if (refusal != null) {
            exact = null;
            forgetEstimate();
            return;
        }
        if (estimate == null && newest.early()) {
            return;
        }
        estimate = calm.update(newest.value(), newest.standardError(), newest.minute(), now);
        imprecise = newest.isImprecise(imprecise);
        if (onlySampled()) {
            exact = null;
        }
    }
}
