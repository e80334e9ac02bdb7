package io.github.redissessionscaler.reading;

import static java.util.Objects.requireNonNull;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads of Redis of which equal ones in flight are one. The result of a read is not kept: whoever asks after it has ended
 * reads again. Thread-safe.
 *
 * <p>Every caller gets a result or a failure, whatever the read or the executor throws. A read that does not end holds up
 * those who joined it until their deadlines, and holds up later callers for {@link #LONGEST} at most: then the next caller
 * starts another.
 */
final class SingleFlightReads<K, V> implements Reads<K, V> {

    /** Longer than a read takes that ends: the longest waits 30 seconds for the first count of a pattern. */
    static final Duration LONGEST = Duration.ofMinutes(1);

    /**
     * The reads of one key, one after the other on one thread.
     *
     * @param thread identifies the thread
     * @param since when the running read began, or the last one ended, by the clock
     * @param running the result of the read that runs now, or null between two reads
     * @param next the result of the read that begins after it, or null while nobody wants one
     */
    private record Sequence<V>(
            Object thread,
            long since,
            @Nullable CompletableFuture<V> running,
            @Nullable CompletableFuture<V> next) {

        /** With a read that a caller can join. */
        Sequence<V> joinable(boolean fresh) {
            return next != null || (running != null && !fresh)
                    ? this
                    : new Sequence<>(thread, since, running, new CompletableFuture<>());
        }

        /** The read that the caller joins. */
        CompletableFuture<V> joined(boolean fresh) {
            return running != null && !fresh ? running : requireNonNull(next);
        }
    }

    /** What is read, and where: a read of one Redis is not joined by those who are to have another. */
    private record ReadKey<K>(K key, Object backend) {}

    private final Function<K, V> read;
    private final Function<K, Object> backend;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<ReadKey<K>, Sequence<V>> sequences = new ConcurrentHashMap<>();

    /**
     * No read is in flight yet.
     *
     * @param read blocks, and ends by itself some time after every deadline
     * @param backend what is read from now: reads are shared only while it is equal; must not block
     * @param executor runs reads that follow one another, beside the caller
     */
    SingleFlightReads(Function<K, V> read, Function<K, Object> backend, Executor executor) {
        this(read, backend, executor, System::nanoTime);
    }

    /** The same with another monotonic clock, in nanoseconds. */
    SingleFlightReads(Function<K, V> read, Function<K, Object> backend, Executor executor, LongSupplier nanoTime) {
        this.read = read;
        this.backend = backend;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /** The result of the read in flight, which may have begun before this call, or else of one that begins now. */
    @Override
    public CompletableFuture<V> get(K key, Deadline deadline) {
        return by(deadline, key, false);
    }

    @Override
    public CompletableFuture<V> getFresh(K key, Deadline deadline) {
        return by(deadline, key, true);
    }

    private CompletableFuture<V> by(Deadline deadline, K key, boolean fresh) {
        CompletableFuture<V> joined;
        try {
            joined = join(key, fresh);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return joined.copy()
                .orTimeout(deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(thrown -> {
                    throw failure(thrown);
                });
    }

    private static RuntimeException failure(Throwable thrown) {
        return Futures.failure(thrown) instanceof TimeoutException late
                ? new KeyspaceException(Reason.TIMEOUT, "Redis has not answered in time", late)
                : Futures.unchecked(thrown);
    }

    private CompletableFuture<V> join(K key, boolean fresh) {
        var subject = new ReadKey<>(key, backend.apply(key));
        var thread = new Object();
        Sequence<V> sequence = sequences.compute(
                subject,
                (_, known) -> (known == null
                                ? new Sequence<V>(thread, nanoTime.getAsLong(), null, null)
                                : isStuck(known)
                                        ? new Sequence<>(thread, nanoTime.getAsLong(), null, known.next())
                                        : known)
                        .joinable(fresh));
        CompletableFuture<V> joined = sequence.joined(fresh);
        if (sequence.thread().equals(thread)) {
            start(subject, thread);
        }
        return joined;
    }

    private boolean isStuck(Sequence<V> sequence) {
        return nanoTime.getAsLong() - sequence.since() > LONGEST.toNanos();
    }

    private void start(ReadKey<K> subject, Object thread) {
        try {
            executor.execute(() -> readWhileWanted(subject, thread));
        } catch (RejectedExecutionException e) {
            abandon(subject, thread, new KeyspaceException(Reason.OTHER, "the scaler shuts down", e));
        } catch (RuntimeException | Error e) {
            abandon(
                    subject,
                    thread,
                    new KeyspaceException(Reason.INTERNAL, "internal error, see the log of the scaler", e));
            InternalErrors.report("read", e);
        }
    }

    /** Fails whoever waits for this thread, so that the next caller starts another. */
    private void abandon(ReadKey<K> subject, Object thread, KeyspaceException failure) {
        Sequence<V> known = sequences.get(subject);
        while (known != null && known.thread().equals(thread)) {
            if (sequences.remove(subject, known)) {
                fail(known.running(), failure);
                fail(known.next(), failure);
            }
            known = sequences.get(subject);
        }
    }

    private static void fail(@Nullable CompletableFuture<?> result, KeyspaceException failure) {
        if (result != null) {
            result.completeExceptionally(failure);
        }
    }

    /**
     * Reads, and again as long as somebody has come after a read had begun who wants a fresh one, or after it had ended. Those
     * who come while others are given their results share the next read, so that many share a read where many come. Where the
     * processors are busy, those who are about to come get the time to: a read costs more than a call.
     */
    @SuppressWarnings("ThreadPriorityCheck") // yields for the sake of fewer reads, which nothing depends on
    private void readWhileWanted(ReadKey<K> subject, Object thread) {
        boolean ended = false;
        try {
            while (true) {
                Thread.yield();
                CompletableFuture<V> result = begin(subject, thread);
                if (result == null) {
                    break;
                }
                run(subject, thread, result);
            }
            ended = true;
        } finally {
            if (!ended) {
                abandon(
                        subject,
                        thread,
                        new KeyspaceException(Reason.INTERNAL, "internal error, see the log of the scaler"));
            }
        }
    }

    private void run(ReadKey<K> subject, Object thread, CompletableFuture<V> result) {
        V value;
        try {
            value = read.apply(subject.key());
        } catch (RuntimeException e) {
            end(subject, thread);
            result.completeExceptionally(e);
            return;
        } catch (Error e) {
            end(subject, thread);
            result.completeExceptionally(
                    new KeyspaceException(Reason.INTERNAL, "internal error, see the log of the scaler", e));
            InternalErrors.report("read", e);
            return;
        }
        end(subject, thread);
        result.complete(value);
    }

    /** The result of the read that is to begin now; null if nobody wants one, or another thread has taken over. */
    private @Nullable CompletableFuture<V> begin(ReadKey<K> subject, Object thread) {
        Sequence<V> begun = sequences.computeIfPresent(subject, (_, known) -> {
            if (!known.thread().equals(thread)) {
                return known;
            }
            return known.next() == null ? null : new Sequence<>(thread, nanoTime.getAsLong(), known.next(), null);
        });
        return begun == null || !begun.thread().equals(thread) ? null : begun.running();
    }

    private void end(ReadKey<K> subject, Object thread) {
        sequences.computeIfPresent(
                subject,
                (_, known) -> known.thread().equals(thread)
                        ? new Sequence<>(thread, nanoTime.getAsLong(), null, known.next())
                        : known);
    }
}
