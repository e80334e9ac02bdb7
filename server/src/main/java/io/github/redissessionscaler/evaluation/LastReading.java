package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.outage.Timestamped;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that is read from Redis again and again: the last value, and whether the last read failed. Thread-safe. */
public final class LastReading<T> {

    private volatile @Nullable Timestamped<T> last;
    private volatile @Nullable MissedReading missed;

    /**
     * The reads since the last value have failed.
     *
     * @param first when the first of them failed
     * @param since when the first of those in a row failed that are outages, as this one, or that are not
     */
    public record MissedReading(Instant first, Instant since, KeyspaceException.Reason reason, String message) {

        /** Whether Redis is the cause. Otherwise it is available, but there is no count yet, or the scaler has failed. */
        public boolean isOutage() {
            return !reason.internal();
        }
    }

    LastReading() {}

    /** The last value that Redis gave. */
    public Optional<Timestamped<T>> last() {
        return Optional.ofNullable(last);
    }

    /** The last read if it failed. */
    public Optional<MissedReading> missed() {
        return Optional.ofNullable(missed);
    }

    void seen(Timestamped<T> known) {
        last = known;
        missed = null;
    }

    /** A read has failed. Returns whether it is for another reason than the one before. */
    boolean missed(KeyspaceException failure, Instant now) {
        MissedReading before = missed;
        boolean sameKind =
                before != null && before.isOutage() == !failure.reason().internal();
        missed = new MissedReading(
                before == null ? now : before.first(),
                before != null && sameKind ? before.since() : now,
                failure.reason(),
                String.valueOf(failure.getMessage()));
        return before == null || before.reason() != failure.reason();
    }
}
