package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.outage.Timestamped;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Something that is read from Redis again and again: the last value, and whether the last read failed. Thread-safe. */
public final class LastReading<T> {

    private volatile @Nullable Timestamped<T> last;
    private volatile @Nullable Outage outage;

    /**
     * Reads that fail.
     *
     * @param since of the first failed read in a row
     * @param answer what is answered all the same
     */
    public record Outage(Instant since, KeyspaceException.Reason reason, String message, OutageResponse answer) {

        /** Whether a value known before is answered. */
        public boolean held() {
            return answer == OutageResponse.HELD;
        }
    }

    /** What stands in for a value that Redis does not give. */
    public enum OutageResponse {
        /** The last value. */
        HELD,
        /** Inactive and 0. */
        MINIMUM,
        /** An error. */
        ERROR
    }

    LastReading() {}

    /** The last value that Redis gave. */
    public Optional<Timestamped<T>> last() {
        return Optional.ofNullable(last);
    }

    /** The outage in force, or empty when the last read went well. */
    public Optional<Outage> outage() {
        return Optional.ofNullable(outage);
    }

    /**
     * What is answered: something made of the last value, or what stands in for it. Empty where that is an error, and
     * before the first value.
     */
    <R> Optional<R> answered(Function<T, R> ofValue, R minimum) {
        Outage now = outage;
        return switch (now == null ? OutageResponse.HELD : now.answer()) {
            case HELD -> last().map(Timestamped::value).map(ofValue);
            case MINIMUM -> Optional.of(minimum);
            case ERROR -> Optional.empty();
        };
    }

    void seen(Timestamped<T> known) {
        last = known;
        outage = null;
    }

    /** A read has failed. Returns whether it is for another reason than the one before. */
    boolean missed(KeyspaceException failure, OutageResponse answer, Instant since) {
        Outage before = outage;
        outage = new Outage(since, failure.reason(), String.valueOf(failure.getMessage()), answer);
        return before == null || before.reason() != failure.reason();
    }
}
