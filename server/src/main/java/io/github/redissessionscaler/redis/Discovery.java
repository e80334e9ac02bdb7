package io.github.redissessionscaler.redis;

import static java.util.stream.Collectors.joining;

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
 * Finds the primaries by querying several nodes. All of them, at all addresses of their names, are queried in parallel on
 * virtual threads. The known result stays in use until there is a better one. A caller waits for a fraction of the timeout
 * at most. Thread-safe.
 *
 * <p>The first answer that confirms the known result is accepted. A node may be partitioned and not know the last change;
 * so a different answer is accepted only from a majority, or after a short wait if it has the newest epoch.
 */
final class Discovery<T> implements AutoCloseable {

    /** How long a result is used before the next query. */
    private static final Duration FRESH_FOR = Duration.ofSeconds(2);

    /** Shortest time between queries after failures. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /**
     * A node to query.
     *
     * @param node as configured or known
     * @param address one of the addresses of its name
     * @param self how to address this node alone: {@code node}, or the address if the name has several
     */
    record NodeAddress(Node node, InetAddress address, Node self) {}

    /**
     * An answer.
     *
     * @param epoch counter of changes; 0 if unknown
     */
    record Found<T>(T value, long epoch) {}

    /** Queries one node. */
    interface Question<T> {

        /** Returns a valid answer, or throws {@link KeyspaceException}. Blocks for a limited time. */
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
     * Queries nothing yet.
     *
     * @param nodes the current nodes to query, at least one
     * @param factory creates them
     * @param whenFound called, under a lock, with each result that takes effect
     */
    Discovery(Supplier<Collection<Node>> nodes, NodeFactory factory, Question<T> question, Consumer<T> whenFound) {
        this.nodes = nodes;
        this.servers = new ServerMap<>(factory::server);
        this.question = question;
        this.whenFound = whenFound;
        this.timeout = factory.timeout();
    }

    /** One query of all nodes. */
    private final class DiscoveryRound {
        final long startedAt = System.nanoTime();
        /** Completes with the result, or when all nodes have failed. */
        final CompletableFuture<Void> settled = new CompletableFuture<>();

        final List<Found<T>> answers = new ArrayList<>();
        int asked;
        int pending;

        @Nullable
        KeyspaceException failure;
    }

    /**
     * The known result. Starts a query if there is none or it is old; waits only if there is none.
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
                    ? new KeyspaceException(Reason.TIMEOUT, "no answer in time from " + asked())
                    : running.failure;
        }
    }

    /** The nodes that were queried. */
    private String asked() {
        return nodes.get().stream().map(Node::toString).sorted().collect(joining(", "));
    }

    /** The known result, without a query. */
    synchronized Optional<T> known() {
        return Optional.ofNullable(known).map(Found::value);
    }

    /** Marks the result as possibly outdated: it stays in use and is queried again in the background. */
    synchronized void doubt() {
        doubted = true;
        doubtedAt = System.nanoTime();
        if (known != null && (round == null || isOver(round.startedAt, PAUSE))) {
            round = start();
        }
    }

    /**
     * Whether the known result differs from the one before. If not yet, queries again, and waits for a fraction of the
     * timeout.
     *
     * @param before an earlier {@link #known}
     */
    boolean hasChanged(Optional<?> before) {
        Optional<T> now = known();
        if (before.isPresent() && !before.equals(now)) {
            return true;
        }
        DiscoveryRound running;
        synchronized (this) {
            doubt();
            running = running();
        }
        await(running, timeout.dividedBy(4));
        return !known().equals(now);
    }

    /** Later answers are ignored. */
    @Override
    public synchronized void close() {
        closed = true;
        servers.close();
    }

    private static boolean isOver(long from, Duration time) {
        return System.nanoTime() - from > time.toNanos();
    }

    /** Waits briefly for the answer of a majority, then for any answer. */
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
            throw RedisErrors.interrupted(e);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        }
    }

    /** The current round while it has no answer, else a new one, unless the last one has just begun. */
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
                    "Redis at " + node
                            + " has a host name that does not resolve; check it, and whether it needs a domain",
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

    /** Runs the task on a new thread, unless the same task of an earlier round is still running. */
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

    /** Prefers a failure with a specific reason over a timeout. */
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

    /** One node can confirm the known result; a majority can replace it. */
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

    /** Called when all nodes have answered or failed. */
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

    /** Uses the best answer so far, unless a later round already has a result. */
    private void takeBest(DiscoveryRound of) {
        if (!closed && (known == null || of.startedAt - confirmedAt >= 0)) {
            best(of).ifPresent(best -> use(of, best));
        }
    }

    /**
     * The most frequent answer of the newest epoch. An epoch older than the known one is accepted from a majority of all
     * nodes, as after sentinels were recreated, or if the known result does not work.
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
