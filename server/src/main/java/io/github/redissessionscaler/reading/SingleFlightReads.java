package io.github.redissessionscaler.reading;

import static java.util.Objects.requireNonNull;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shares equal reads of Redis that are in flight. Results are not cached: a call after the end of a read starts another.
 * Thread-safe.
 *
 * <p>Every caller gets a result or a failure, whatever the read or the executor throws. Callers that joined a stuck read
 * wait until their deadlines; after a read has timed out, later callers wait less until Redis answers one. Other callers join
 * it for at most {@link #LONGEST}; then the next caller starts another.
 */
final class SingleFlightReads<K, V> implements Reads<K, V> {

    /** Longer than any read that ends: the first count of a pattern may take 30 seconds. */
    static final Duration LONGEST = Duration.ofMinutes(1);

    private static final int MOST_HANGING = 1_000;

    /**
     * The successive reads of one key on one thread.
     *
     * @param thread identifies the thread
     * @param since when the current read began, or the last one ended, in nanoseconds
     * @param running the result of the current read, or null between two reads
     * @param next the result of the read that follows, or null if none is needed
     */
    private record Sequence<V>(
            Object thread,
            long since,
            @Nullable CompletableFuture<V> running,
            @Nullable CompletableFuture<V> next) {

        /** Adds a read that a caller can join, if there is none. */
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

    /** What is read, and from which Redis: reads are shared only within one Redis. */
    private record ReadKey<K>(K key, Object backend) {}

    private final Function<K, V> read;
    private final Function<K, Object> backend;
    private final Function<K, String> name;
    private final Function<K, Object> group;
    private final ReadQueue queue;
    private final LongSupplier nanoTime;
    private final Deadlines deadlines = new Deadlines();
    private final ConcurrentMap<ReadKey<K>, Sequence<V>> sequences = new ConcurrentHashMap<>();

    /**
     * The Redis servers whose last read has timed out. Their callers wait less: the HPA has five threads for the metrics of the
     * whole cluster, and each waits for its answer.
     */
    private final Set<Object> hanging = ConcurrentHashMap.newKeySet();

    /**
     * @param read blocks; must end by itself some time after the deadlines
     * @param backend identifies the current Redis of a key: reads are shared only while it is equal; must not block
     * @param name the servers of a key, for messages
     * @param group of a key in the queue
     * @param queue runs successive reads
     */
    SingleFlightReads(
            Function<K, V> read,
            Function<K, Object> backend,
            Function<K, String> name,
            Function<K, Object> group,
            ReadQueue queue) {
        this(read, backend, name, group, queue, System::nanoTime);
    }

    /** With another monotonic clock, in nanoseconds. */
    SingleFlightReads(
            Function<K, V> read,
            Function<K, Object> backend,
            Function<K, String> name,
            Function<K, Object> group,
            ReadQueue queue,
            LongSupplier nanoTime) {
        this.read = read;
        this.backend = backend;
        this.name = name;
        this.group = group;
        this.queue = queue;
        this.nanoTime = nanoTime;
    }

    @Override
    public CompletableFuture<V> get(K key, boolean fresh, Deadline deadline) {
        ReadKey<K> subject;
        try {
            subject = new ReadKey<>(key, backend.apply(key));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        var thread = new Object();
        Sequence<V> sequence = join(subject, thread, fresh);
        if (sequence.thread().equals(thread)) {
            try {
                queue.repeat(group.apply(key), () -> read(subject, thread));
            } catch (RuntimeException | Error e) {
                abandon(subject, thread, e);
            }
        }
        return deadlines.limit(
                sequence.joined(fresh),
                hanging.contains(subject.backend()) ? deadline.sooner() : deadline,
                () -> new KeyspaceException(Reason.TIMEOUT, name.apply(key) + " did not answer in time"));
    }

    /**
     * Adds a caller to the reads of a key.
     *
     * @param newThread of the reads if there are none yet, or they are stuck
     */
    private Sequence<V> join(ReadKey<K> subject, Object newThread, boolean fresh) {
        return sequences.compute(
                subject,
                (_, known) -> (known == null
                                ? new Sequence<V>(newThread, nanoTime.getAsLong(), null, null)
                                : isStuck(known)
                                        ? new Sequence<>(newThread, nanoTime.getAsLong(), null, known.next())
                                        : known)
                        .joinable(fresh));
    }

    private boolean isStuck(Sequence<V> sequence) {
        return nanoTime.getAsLong() - sequence.since() > LONGEST.toNanos();
    }

    /**
     * Reads once, if a caller waits, and returns whether it has. Callers that need a fresh read, or that come after the end
     * of this one, share the next one. Yields first, so that more callers can join when the CPUs are busy: a read costs more
     * than a call.
     */
    @SuppressWarnings("ThreadPriorityCheck") // an optimization only
    private boolean read(ReadKey<K> subject, Object thread) {
        try {
            Thread.yield();
            CompletableFuture<V> result = begin(subject, thread);
            if (result == null) {
                return false;
            }
            try {
                V value = read.apply(subject.key());
                hanging.remove(subject.backend());
                end(subject, thread);
                result.complete(value);
            } catch (RuntimeException | Error e) {
                noteFailure(subject.backend(), e);
                end(subject, thread);
                result.completeExceptionally(e instanceof Error ? internal(e) : e);
            }
            return true;
        } catch (Throwable e) {
            abandon(subject, thread, e);
            return false;
        }
    }

    private static KeyspaceException internal(Throwable cause) {
        InternalErrors.report("read", cause);
        return new KeyspaceException(Reason.INTERNAL, "internal error, see the log of the scaler", cause);
    }

    /** Fails the callers that wait for this thread, so that the next caller starts another. */
    private void abandon(ReadKey<K> subject, Object thread, Throwable cause) {
        KeyspaceException failure = cause instanceof RejectedExecutionException
                ? new KeyspaceException(Reason.OTHER, "the scaler shuts down", cause)
                : internal(cause);
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

    private void noteFailure(Object server, Throwable failure) {
        if (!(failure instanceof KeyspaceException known)) {
            return;
        }
        if (known.reason().redisAvailable()) {
            hanging.remove(server);
        } else if (known.reason() == Reason.TIMEOUT) {
            if (hanging.size() >= MOST_HANGING) {
                hanging.clear(); // most are of connections that have been removed
            }
            hanging.add(server);
        }
    }

    /** The result of the read to start now; null if none is needed, or another thread has taken over. */
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
