package io.github.redissessionscaler.counting.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import io.github.redissessionscaler.trigger.Glob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known for one query. Guarded by the lock of its {@link PatternRegistry}. */
public final class PatternEntry {

    /** An exact count that is older, with none to come, gives way to an estimate. */
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    private static final String IMPRECISE =
            "too few of the sampled keys match for a precise estimate: its standard error is more"
                    + " than 5 %; set accuracy to 'exact', or keep the sessions in a database of their own";

    private final KeyFilter filter;
    private final Accuracy accuracy;
    private StableEstimate calm = new StableEstimate();
    private Instant asked;
    private boolean fewKeys;
    private boolean delayed;
    private boolean late;
    private boolean imprecise;

    private @Nullable Method method;
    private @Nullable Count exact;
    private @Nullable Count estimate;

    public PatternEntry(MatchingKeys query, Instant asked) {
        this.filter = KeyFilter.of(query);
        this.accuracy = query.accuracy();
        this.asked = asked;
    }

    /** As how many patterns it counts: what a key costs grows with the length of what it is matched against. */
    static int weight(MatchingKeys query) {
        int bytes = bytes(query.pattern())
                + query.exclude().map(PatternEntry::bytes).orElse(0);
        return Math.max(1, Math.ceilDiv(bytes, Glob.BYTES_AT_A_STEP));
    }

    private static int bytes(String pattern) {
        return pattern.getBytes(UTF_8).length;
    }

    KeyFilter filter() {
        return filter;
    }

    Instant asked() {
        return asked;
    }

    void ask(Instant now) {
        asked = now;
    }

    boolean isNew() {
        return method == null;
    }

    /** Whether its next count is by a scan of all keys. */
    boolean scanned() {
        return method == Method.EXACT;
    }

    boolean lacksScan() {
        return method == null || (scanned() && exact == null);
    }

    /**
     * While there is no whole scan, an estimate is better than nothing. A scan of few keys ends at once, unless another one has
     * to end first.
     */
    boolean sampled() {
        return method == Method.ESTIMATE || (scanned() && (delayed || (exact == null && (late || !fewKeys))));
    }

    boolean lacksSample() {
        return sampled() && estimate == null;
    }

    /** Whether it is nothing but estimated, so that no scan serves it. */
    boolean onlySampled() {
        return method == Method.ESTIMATE;
    }

    /** The count by the method that was chosen for it, if there is one, or an estimate where no scan can be whole. */
    @Nullable
    Count asChosen() {
        return method == null ? null : scanned() && !delayed ? exact : estimate;
    }

    /** The count to answer with, if there is one. */
    @Nullable
    public Count best() {
        boolean exactFirst = scanned() && !delayed;
        Count first = exactFirst ? exact : estimate;
        Count second = exactFirst ? estimate : exact;
        return first != null ? first : second;
    }

    /** Chooses how it is counted from now on. */
    void choose(MethodChoice choice, long largestShard, double serverNanosPerKey) {
        Method before = method;
        fewKeys = largestShard <= MethodChoice.FEW_KEYS;
        method = before == null
                ? choice.choose(accuracy, largestShard, serverNanosPerKey)
                : choice.choose(accuracy, largestShard, serverNanosPerKey, before);
        if (before != null && before != method) {
            if (scanned()) {
                exact = null;
            } else {
                estimate = null;
            }
        }
    }

    /** It came while a scan runs that does not count it. */
    void missesScan() {
        late = true;
    }

    void scanned(long count, Instant now) {
        exact = Count.exact((double) count, now);
        late = false;
        estimate = null;
        calm = new StableEstimate();
        delayed = false;
    }

    /** Nothing can be counted now. What is older than a while is not answered with again, but counted anew. */
    void forgetOld(Instant now) {
        if (exact != null && isOld(exact, now)) {
            exact = null;
        }
        if (estimate != null && isOld(estimate, now)) {
            estimate = null;
            calm = new StableEstimate();
        }
    }

    private static boolean isOld(Count count, Instant now) {
        return count.asOf().plus(LONGEST_DELAY).isBefore(now);
    }

    /** A scan brought no count, since keys moved during it, and the next may not either. */
    void scanDelayed(Instant now) {
        delayed = exact == null || isOld(exact, now);
    }

    /** Whether it is answered with an exact count. */
    boolean counted() {
        Count best = best();
        return best != null && best.method() == Method.EXACT;
    }

    /** What makes its estimate doubtful, each a sentence for an operator. */
    public List<String> doubts() {
        return imprecise ? List.of(IMPRECISE) : List.of();
    }

    /** Takes the newest estimate. The first one is reported once it is precise, or there has been time enough for it. */
    public void sampled(Estimates.Estimate newest, Instant now) {
        if (estimate == null && newest.early()) {
            return;
        }
        estimate = calm.update(newest.value(), newest.standardError(), now);
        imprecise = newest.isImprecise(imprecise);
    }
}
