package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where the primaries are, from several nodes that may know. All of them, and all addresses of their names, are asked
 * at once, each on a virtual thread. What is known stays in use until there is a better answer. A caller waits for a fraction
 * of a call's time at most. Thread-safe.
 *
 * <p>The first answer counts if it confirms what is known. One of those asked may be cut off and not know of the last change;
 * so another answer counts once most of them have given it, or, after a short while, the one of the newest epoch.
 */
final class Discovery<T> implements AutoCloseable {

    /** How long an answer is used before it is looked up again. */
    private static final Duration FRESH_FOR = Duration.ofSeconds(2);

    /** After a failure it is looked up anew at most so often. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /**
     * Where somebody can be asked.
     *
     * @param node as it is configured or known
     * @param address one of those that its name leads to
     * @param self how others call it: {@code node}, or the address where the name leads to several
     */
    record NodeAddress(Node node, InetAddress address, Node self) {}

    /**
     * An answer.
     *
     * @param epoch counts the changes; 0 where it is unknown
     */
    record Found<T>(T value, long epoch) {}

    /** Asks one of them. */
    interface Question<T> {

        /** A good answer; blocks for a bounded time, and throws {@link KeyspaceException} when there is none. */
        Found<T> ask(NodeAddress place, RedisNode server);
    }

    private final Supplier<Collection<Node>> nodes;
    private final ServerMap<NodeAddress> servers;
    private final Question<T> question;
    private final Consumer<T> whenFound;
    private final Duration timeout;
    private final Set<Object> busy = new HashSet<>();
    private @Nullable Found<T> known;
    private long confirmedAt;
    private long doubtedAt;
    private boolean doubted;
    private boolean lastWasGood = true;
    private boolean closed;
    private @Nullable DiscoveryRound round;

    /**
     * Asks nobody yet.
     *
     * @param nodes who can be asked now, at least one
     * @param connector connects to them
     * @param whenFound is called, under a lock, with each answer that is to be used from now on
     */
    Discovery(Supplier<Collection<Node>> nodes, Connector connector, Question<T> question, Consumer<T> whenFound) {
        this.nodes = nodes;
        this.servers = new ServerMap<>(connector::server);
        this.question = question;
        this.whenFound = whenFound;
        this.timeout = connector.timeout();
    }

    /** One time that all are asked. */
    private final class DiscoveryRound {
        final long startedAt = System.nanoTime();
        /** Ends when there is a good answer, or when there will be none. */
        final CompletableFuture<Void> settled = new CompletableFuture<>();

        final List<Found<T>> answers = new ArrayList<>();
        int asked;
        int pending;

        @Nullable
        KeyspaceException failure;
    }

    /**
     * What is known. If that is nothing, or was looked up a while ago, it is looked up now.
     *
     * @throws KeyspaceException if nothing is known
     */
    T current() {
        DiscoveryRound running;
        Duration patience;
        synchronized (this) {
            if (known != null && !doubted && !isOver(confirmedAt, FRESH_FOR)) {
                return known.value();
            }
            running = running();
            if (known != null && !lastWasGood) {
                return known.value();
            }
            patience = known == null ? timeout.multipliedBy(3).dividedBy(4) : timeout.dividedBy(4);
        }
        await(running, patience);
        synchronized (this) {
            if (known != null) {
                return known.value();
            }
            throw running.failure == null
                    ? new KeyspaceException(Reason.TIMEOUT, "nobody has said in time where the primary is")
                    : running.failure;
        }
    }

    /** What is known, without asking anybody. */
    synchronized Optional<T> known() {
        return Optional.ofNullable(known).map(Found::value);
    }

    /** What is known may no longer be so: it stays in use, and is looked up in the background. */
    synchronized void doubt() {
        doubted = true;
        doubtedAt = System.nanoTime();
        if (known != null && (round == null || isOver(round.startedAt, PAUSE))) {
            round = start();
        }
    }

    /** Waits for the answer to the last {@link #doubt} for a fraction of a call's time. */
    void awaitAnswer() {
        DiscoveryRound running;
        synchronized (this) {
            running = running();
        }
        await(running, timeout.dividedBy(4));
    }

    /** What comes later is not used. */
    @Override
    public synchronized void close() {
        closed = true;
        servers.close();
    }

    private static boolean isOver(long from, Duration time) {
        return System.nanoTime() - from > time.toNanos();
    }

    /** Waits a short while for an answer of most, then for any. */
    private void await(DiscoveryRound round, Duration patience) {
        Duration forMost = timeout.dividedBy(8);
        if (!isSettledWithin(round, forMost)) {
            synchronized (this) {
                takeBest(round);
            }
            isSettledWithin(round, patience.minus(forMost));
        }
    }

    private static boolean isSettledWithin(Discovery<?>.DiscoveryRound round, Duration patience) {
        try {
            round.settled.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeyspaceException(Reason.TIMEOUT, "the caller no longer waits", e);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** The round that is under way without an answer yet, or else a new one, unless the last began just now. */
    private DiscoveryRound running() {
        DiscoveryRound running = round;
        if (running == null || (running.settled.isDone() && isOver(running.startedAt, PAUSE))) {
            running = start();
            round = running;
        }
        return running;
    }

    private DiscoveryRound start() {
        var started = new DiscoveryRound();
        started.pending = 1;
        Collection<Node> all = closed ? List.of() : nodes.get();
        started.asked = all.size();
        servers.keepOnly(place -> all.contains(place.node()));
        all.forEach(node -> inBackground(started, node, () -> askAddresses(started, node)));
        ended(started);
        return started;
    }

    private void askAddresses(DiscoveryRound of, Node node) {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(node.host());
        } catch (UnknownHostException e) {
            throw new KeyspaceException(
                    Reason.DNS,
                    "Redis at " + node + " has a name that nothing resolves; check it, and whether it needs a domain",
                    e);
        }
        synchronized (this) {
            of.asked += addresses.length - 1;
        }
        servers.keepOnly(
                place -> !place.node().equals(node) || List.of(addresses).contains(place.address()));
        for (InetAddress address : addresses) {
            Node self = addresses.length == 1 ? node : new Node(address.getHostAddress(), node.port());
            var place = new NodeAddress(node, address, self);
            inBackground(of, place, () -> answered(of, question.ask(place, servers.get(place))));
        }
    }

    /** Does it on a thread of its own, unless the same is being done for an earlier round. */
    private synchronized void inBackground(DiscoveryRound of, Object what, Runnable task) {
        if (!busy.add(what)) {
            return;
        }
        of.pending++;
        try {
            Thread.ofVirtual().name("discovery").start(() -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    failed(of, e);
                } finally {
                    done(of, what);
                }
            });
        } catch (Throwable e) {
            failed(of, e);
            done(of, what);
        }
    }

    private synchronized void done(DiscoveryRound of, Object what) {
        busy.remove(what);
        ended(of);
    }

    /** A failure that tells what is wrong is kept in favour of one that says that nobody answers. */
    private synchronized void failed(DiscoveryRound of, Throwable thrown) {
        KeyspaceException e;
        if (thrown instanceof KeyspaceException failure) {
            e = failure;
        } else {
            InternalErrors.report("looking up the primaries", thrown);
            e = new KeyspaceException(Reason.INTERNAL, "internal error while the primaries were looked up", thrown);
        }
        if (of.failure == null || isNoAnswer(of.failure)) {
            of.failure = e;
        }
    }

    private static boolean isNoAnswer(KeyspaceException failure) {
        return switch (failure.reason()) {
            case UNREACHABLE, TIMEOUT, DNS -> true;
            default -> false;
        };
    }

    /** What is known is confirmed by anybody, and replaced by most of those who were asked. */
    private synchronized void answered(DiscoveryRound of, Found<T> found) {
        of.answers.add(found);
        if (of.settled.isDone()) {
            return;
        }
        Found<T> now = known;
        boolean same = now != null && found.value().equals(now.value());
        if (same ? of.startedAt - confirmedAt >= 0 : 2 * votes(of, found) > of.asked) {
            takeBest(of);
        }
    }

    /** When all have answered or failed. */
    private synchronized void ended(DiscoveryRound of) {
        of.pending--;
        if (of.pending > 0) {
            return;
        }
        takeBest(of);
        if (of == round) {
            lastWasGood = !of.answers.isEmpty();
        }
        of.settled.complete(null);
    }

    /** Uses the best answer that there is by now, unless a later round has brought one already. */
    private void takeBest(DiscoveryRound of) {
        if (!closed && (known == null || of.startedAt - confirmedAt >= 0)) {
            best(of).ifPresent(best -> use(of, best));
        }
    }

    /**
     * The answer of the newest epoch that most have given. An epoch older than the known one is believed if most of all who were
     * asked name it, as after sentinels were set up anew, or if what is known does not work.
     */
    private Optional<Found<T>> best(DiscoveryRound of) {
        Found<T> now = known;
        return of.answers.stream()
                .max(Comparator.<Found<T>>comparingLong(Found::epoch)
                        .thenComparingLong(found -> votes(of, found))
                        .thenComparing(found -> now != null && found.value().equals(now.value())))
                .filter(best ->
                        now == null || doubted || best.epoch() >= now.epoch() || 2 * votes(of, best) > of.asked);
    }

    private static <T> long votes(Discovery<T>.DiscoveryRound of, Found<T> found) {
        return of.answers.stream()
                .filter(other -> other.value().equals(found.value()))
                .count();
    }

    private void use(DiscoveryRound of, Found<T> found) {
        Found<T> before = known;
        known = before != null && before.value().equals(found.value())
                ? new Found<>(before.value(), found.epoch())
                : found;
        confirmedAt = of.startedAt;
        doubted = doubted && doubtedAt - of.startedAt > 0;
        if (before == null || !before.value().equals(found.value())) {
            whenFound.accept(found.value());
        }
        of.settled.complete(null);
    }
}
