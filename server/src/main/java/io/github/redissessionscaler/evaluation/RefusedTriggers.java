package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.background.LogLimit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The triggers that were refused recently, each with the reason. A reason is logged once, and again after a while without
 * it. The number of log lines is limited. Thread-safe.
 */
public final class RefusedTriggers {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedTriggers.class);

    /** KEDA and the HPA call several times a minute; a refusal that was not repeated for this long is over. */
    static final Duration FORGOTTEN_AFTER = TriggerStates.FORGOTTEN_AFTER;

    /** A refusal that was not repeated for this long may be over. */
    static final Duration CURRENT_FOR = Duration.ofMinutes(2);

    /** Most refusals that are kept. */
    static final int MOST = 1000;

    /** Characters of a reason. */
    static final int LONGEST_REASON = 2000;

    /**
     * A trigger of a ScaledObject that is refused.
     *
     * @param reason what is wrong with it, at most {@link #LONGEST_REASON} characters
     * @param since when it was first refused for this reason
     * @param last when it was last refused for it
     */
    public record RefusedTrigger(String namespace, String scaledObject, String reason, Instant since, Instant last) {}

    private record RefusalKey(String namespace, String scaledObject, String reason) {}

    private final InstantSource clock;
    private final LogLimit limit;

    /** In the order of the last refusal, the oldest first. */
    private final Map<RefusalKey, RefusedTrigger> refusals = new LinkedHashMap<>();

    /** No trigger has been refused yet. */
    public RefusedTriggers(InstantSource clock) {
        this.clock = clock;
        this.limit = new LogLimit(LOG, "refused triggers", clock);
    }

    /**
     * Records and logs a refused trigger. Does not block.
     *
     * @param namespace without control characters
     * @param scaledObject without control characters
     * @param reason one line for the author of the trigger, without secrets
     */
    public void refused(String namespace, String scaledObject, String reason) {
        String text = reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON - 1) + "…" : reason;
        if (isNews(new RefusalKey(namespace, scaledObject, text))) {
            limit.log(() -> LOG.atWarn()
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("scaledObject", scaledObject)
                    .log("Trigger refused: {}", text));
        }
    }

    /** The triggers that were refused recently, latest first. */
    public synchronized List<RefusedTrigger> lately() {
        forgetOld(clock.instant());
        return List.copyOf(refusals.values()).reversed();
    }

    /** Those of them whose last refusal is at most {@link #CURRENT_FOR} ago. */
    public List<RefusedTrigger> currently() {
        Instant oldest = clock.instant().minus(CURRENT_FOR);
        return lately().stream().filter(one -> !one.last().isBefore(oldest)).toList();
    }

    /** How many were refused recently. */
    public synchronized int count() {
        forgetOld(clock.instant());
        return refusals.size();
    }

    private synchronized boolean isNews(RefusalKey key) {
        Instant now = clock.instant();
        forgetOld(now);
        RefusedTrigger before = refusals.remove(key);
        Instant since = before == null ? now : before.since();
        refusals.put(key, new RefusedTrigger(key.namespace, key.scaledObject, key.reason, since, now));
        if (refusals.size() > MOST) {
            refusals.remove(refusals.keySet().iterator().next());
        }
        return before == null;
    }

    private void forgetOld(Instant now) {
        Instant oldest = now.minus(FORGOTTEN_AFTER);
        var all = refusals.values().iterator();
        while (all.hasNext() && all.next().last().isBefore(oldest)) {
            all.remove();
        }
    }
}
