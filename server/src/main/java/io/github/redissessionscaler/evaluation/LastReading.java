package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.outage.Timestamped;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that is read from Redis again and again: the last value, and whether the last read failed. Thread-safe. */
public final class LastReading<T> {

    private volatile @Nullable Timestamped<T> last;
    private volatile @Nullable Outage outage;

    /**
     * Reads that fail.
     *
     * @param since of the first failed read in a row
     */
    public record Outage(Instant since, KeyspaceException.Reason reason, String message) {}

    LastReading() {}

    /** The last value that Redis gave. */
    public Optional<Timestamped<T>> last() {
        return Optional.ofNullable(last);
    }

    /** The outage in force, or empty when the last read went well. */
    public Optional<Outage> outage() {
        return Optional.ofNullable(outage);
    }

    void seen(Timestamped<T> known) {
        last = known;
        outage = null;
    }

    /** A read has failed. Returns whether it is for another reason than the one before. */
    boolean missed(KeyspaceException failure, Instant since) {
        Outage before = outage;
        outage = new Outage(since, failure.reason(), String.valueOf(failure.getMessage()));
        return before == null || before.reason() != failure.reason();
    }
}
