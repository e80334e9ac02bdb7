package io.github.redissessionscaler.identity;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value of a token service that expires. It is fetched when it is needed first, and again in the background after three
 * quarters of its lifetime, one request at a time. After a failure the next request is made a second later, then at
 * intervals that double up to a minute; until then the valid value is returned, or the failure is repeated. Thread-safe.
 */
final class Renewed<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Renewed.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofMinutes(1);

    /** A value ends this much earlier, for the way to Redis and clocks that differ. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    /** A value and its end. */
    record Issued<T>(T value, Instant expires) {}

    /** Asks the token service; blocks. */
    interface TokenService<T> {

        /**
         * A new value.
         *
         * @throws TokenException if there is none
         */
        Issued<T> fetch() throws TokenException;
    }

    private final String description;
    private final TokenService<T> service;
    private final Duration patience;
    private final InstantSource clock;
    private final Executor threads;

    private @Nullable Issued<T> issued;
    private Instant renewFrom = Instant.MIN;
    private @Nullable CompletableFuture<Issued<T>> running;
    private Optional<KeyspaceException> failure = Optional.empty();
    private Instant retryFrom = Instant.MIN;
    private Duration retry = FIRST_RETRY;

    /**
     * Has fetched nothing yet.
     *
     * @param description of the identity, for messages
     * @param patience how long a caller waits
     * @param clock of this machine
     */
    Renewed(String description, TokenService<T> service, Duration patience, InstantSource clock) {
        this(description, service, patience, clock, task -> {
            var _ = Thread.ofVirtual().name("identity").start(task);
        });
    }

    /**
     * The same.
     *
     * @param threads runs each request to the service
     */
    Renewed(String description, TokenService<T> service, Duration patience, InstantSource clock, Executor threads) {
        this.threads = threads;
        this.description = description;
        this.service = service;
        this.patience = patience;
        this.clock = clock;
    }

    /** A value, and from when a newer one is wanted. */
    record Current<T>(T value, Instant renewFrom, Instant expires) {}

    /**
     * A valid value.
     *
     * @throws KeyspaceException if there is none
     */
    Current<T> current() {
        CompletableFuture<Issued<T>> wanted;
        synchronized (this) {
            Instant now = clock.instant();
            Issued<T> last = issued;
            boolean retries = !now.isBefore(retryFrom);
            if (last != null && now.isBefore(last.expires.minus(MARGIN))) {
                if (retries && !now.isBefore(renewFrom)) {
                    var _ = started();
                }
                return new Current<>(last.value, renewFrom, last.expires);
            }
            if (!retries && failure.isPresent()) {
                throw again(failure.get());
            }
            wanted = started();
        }
        try {
            Issued<T> fetched = wanted.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return new Current<>(fetched.value, renewFrom(), fetched.expires);
        } catch (TimeoutException e) {
            throw new KeyspaceException(Reason.IDENTITY, description + ": the token service has not answered yet", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KeyspaceException known ? again(known) : new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyspaceException(Reason.TIMEOUT, "the caller no longer waits", e);
        }
    }

    private synchronized Instant renewFrom() {
        return renewFrom;
    }

    /** Each caller throws an exception of its own. */
    private static KeyspaceException again(KeyspaceException failure) {
        return new KeyspaceException(failure.reason(), String.valueOf(failure.getMessage()), failure);
    }

    /** The running request, or a new one. Called with the lock. */
    private CompletableFuture<Issued<T>> started() {
        CompletableFuture<Issued<T>> now = running;
        if (now == null) {
            now = new CompletableFuture<>();
            running = now;
            CompletableFuture<Issued<T>> request = now;
            try {
                threads.execute(() -> fetch(request));
            } catch (Throwable e) {
                InternalErrors.report("identity", e);
                request.completeExceptionally(failed("no thread can be started", e));
            }
        }
        return now;
    }

    private void fetch(CompletableFuture<Issued<T>> request) {
        try {
            Issued<T> fetched = service.fetch();
            if (!clock.instant().isBefore(fetched.expires.minus(MARGIN))) {
                throw new TokenException("the token has ended already; check the clock of this machine");
            }
            succeeded(fetched);
            request.complete(fetched);
        } catch (TokenException e) {
            request.completeExceptionally(failed(String.valueOf(e.getMessage()), e));
        } catch (Throwable e) {
            // its message might quote a token, so only its kind and place are logged
            var shown = new TokenException("unexpected error, " + e.getClass().getSimpleName());
            shown.setStackTrace(e.getStackTrace());
            InternalErrors.report("identity", shown);
            request.completeExceptionally(failed(String.valueOf(shown.getMessage()), shown));
        }
    }

    private synchronized void succeeded(Issued<T> fetched) {
        running = null;
        Instant now = clock.instant();
        issued = fetched;
        renewFrom =
                now.plus(Duration.between(now, fetched.expires).multipliedBy(3).dividedBy(4));
        failure = Optional.empty();
        retryFrom = Instant.MIN;
        retry = FIRST_RETRY;
    }

    private synchronized KeyspaceException failed(String why, Throwable cause) {
        running = null;
        Instant now = clock.instant();
        var failed = new KeyspaceException(Reason.IDENTITY, description + ": " + why, cause);
        Issued<T> last = issued;
        if (failure.isEmpty() && last != null && now.isBefore(last.expires)) {
            LOG.warn("Failed to renew a token, which is valid until {}: {}", last.expires, failed.getMessage());
        }
        failure = Optional.of(failed);
        retryFrom = now.plus(retry);
        Duration next = retry.multipliedBy(2);
        retry = next.compareTo(LAST_RETRY) < 0 ? next : LAST_RETRY;
        return failed;
    }
}
