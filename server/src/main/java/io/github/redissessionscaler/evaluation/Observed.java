package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.outage.Known;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that is read from Redis again and again: the last value, and whether the last read failed. Thread-safe. */
public final class Observed<T> {

    private volatile @Nullable Known<T> last;
    private volatile @Nullable Outage outage;

    /**
     * Reads that fail.
     *
     * @param since of the first failed read in a row
     * @param held whether a value known before is answered
     */
    public record Outage(Instant since, KeyspaceException.Reason reason, String message, boolean held) {}

    Observed() {}

    /** The last value that Redis gave. */
    public Optional<Known<T>> last() {
        return Optional.ofNullable(last);
    }

    /** The outage in force, or empty when the last read went well. */
    public Optional<Outage> outage() {
        return Optional.ofNullable(outage);
    }

    void seen(Known<T> known) {
        last = known;
        outage = null;
    }

    void missed(KeyspaceException failure, boolean held, Instant now) {
        Outage before = outage;
        Instant since = before == null ? now : before.since();
        outage = new Outage(since, failure.reason(), String.valueOf(failure.getMessage()), held);
    }
}
