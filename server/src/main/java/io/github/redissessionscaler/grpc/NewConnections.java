package io.github.redissessionscaler.grpc;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.nio.NioSelectableChannelIoHandle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections that were accepted and are not open yet. One waits until its client has sent something, which clients do at once,
 * with and without TLS. Then it waits for its turn; every address has one in turn, so that a client with thousands of
 * connections delays only itself. Used only on the thread that accepts.
 */
final class NewConnections {

    private final Duration firstByteTimeout;
    private final Runnable onReady;

    /** The next one to have its turn first. */
    private final SequencedMap<InetAddress, Client> clients = new LinkedHashMap<>();

    private boolean expiring;

    /**
     * There is none yet.
     *
     * @param firstByteTimeout time after which a connection is closed whose client has sent nothing
     * @param onReady runs when a client has sent something, or has closed its connection
     */
    NewConnections(Duration firstByteTimeout, Runnable onReady) {
        this.firstByteTimeout = firstByteTimeout;
        this.onReady = onReady;
    }

    int size() {
        return clients.values().stream().mapToInt(Client::size).sum();
    }

    /** From how many addresses they are. */
    int addresses() {
        return clients.size();
    }

    /**
     * Waits for the client's first bytes.
     *
     * @throws IOException if the operating system refuses it; the connection is closed
     */
    void add(SocketChannel channel, IoEventLoop loop) throws IOException {
        try {
            channel.configureBlocking(false);
            InetAddress address = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
            var connection = new Pending(channel, address);
            connection.watch(loop);
            client(address).pending.add(connection);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
        expireOn(loop);
    }

    /** Whether the client of any has sent something. */
    boolean hasReady() {
        return clients.values().stream().anyMatch(client -> !client.ready.isEmpty());
    }

    /** Takes the next connection whose client has sent something, if there is any. */
    Optional<SocketChannel> next() {
        Optional<Client> next = clients.values().stream()
                .filter(client -> !client.ready.isEmpty())
                .findFirst();
        return next.map(client -> {
            SocketChannel channel = client.ready.removeFirst();
            clients.putLast(client.address, client);
            forgetIfEmpty(client);
            return channel;
        });
    }

    /**
     * Closes a connection of the address that has most: the oldest whose client has sent nothing, or else the newest. Of
     * several such addresses, it is one whose client has sent nothing. Returns false if all of them may wait for a little
     * longer.
     */
    boolean makeRoom() {
        Client most = clients.values().stream()
                .max(Comparator.comparingInt(Client::size).thenComparing(Client::mayLosePending))
                .orElseThrow();
        if (most.mayLosePending()) {
            close(most.pending.getFirst());
            return true;
        }
        if (most.ready.isEmpty()) {
            return false;
        }
        close(most.ready.removeLast());
        forgetIfEmpty(most);
        return true;
    }

    private Client client(InetAddress address) {
        return clients.computeIfAbsent(address, Client::new);
    }

    private void forgetIfEmpty(Client client) {
        if (client.size() == 0) {
            clients.remove(client.address);
        }
    }

    void closeAll() {
        for (Client client : List.copyOf(clients.values())) {
            List.copyOf(client.pending).forEach(this::close);
            client.ready.forEach(NewConnections::close);
        }
        clients.clear();
    }

    /** One timer for all, because strangers may open thousands in the time that one may wait. */
    private void expireOn(IoEventLoop loop) {
        if (!expiring) {
            oldest().ifPresent(oldest -> {
                expiring = true;
                long left = firstByteTimeout.toNanos() - oldest.age();
                var _ = loop.schedule(() -> expire(loop), left, TimeUnit.NANOSECONDS);
            });
        }
    }

    private void expire(IoEventLoop loop) {
        expiring = false;
        for (Optional<Pending> oldest = oldest();
                oldest.isPresent() && !oldest.get().isYoungerThan(firstByteTimeout);
                oldest = oldest()) {
            close(oldest.get());
        }
        expireOn(loop);
    }

    private Optional<Pending> oldest() {
        return clients.values().stream()
                .filter(client -> !client.pending.isEmpty())
                .map(client -> client.pending.getFirst())
                .max(Comparator.comparingLong(Pending::age));
    }

    private void close(Pending connection) {
        connection.stopWaiting();
        close(connection.selectableChannel());
    }

    /** Closes a connection, whatever the operating system says. */
    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // the operating system has closed it
        }
    }

    /** The connections of one address. */
    private static final class Client {

        private final InetAddress address;

        /** The oldest first. */
        private final SequencedSet<Pending> pending = new LinkedHashSet<>();

        /** Those whose client has sent something, the next one first. */
        private final Deque<SocketChannel> ready = new ArrayDeque<>();

        Client(InetAddress address) {
            this.address = address;
        }

        int size() {
            return pending.size() + ready.size();
        }

        /** Whether one may be closed because its client has sent nothing. */
        boolean mayLosePending() {
            return !pending.isEmpty() && !pending.getFirst().isYoungerThan(ServerLimits.FAIR_BEGINNING);
        }
    }

    private final class Pending extends NioSelectableChannelIoHandle<SocketChannel> {

        private final InetAddress address;
        private final long since = System.nanoTime();
        private @Nullable IoRegistration registration;

        Pending(SocketChannel channel, InetAddress address) {
            super(channel);
            this.address = address;
        }

        @Override
        protected void handle(SocketChannel channel, SelectionKey key) {
            stopWaiting();
            client(address).ready.addLast(channel);
            onReady.run();
        }

        @Override
        public SocketChannel selectableChannel() {
            return (SocketChannel) super.selectableChannel();
        }

        /** Netty calls this when its thread ends. */
        @Override
        public void close() throws IOException {
            selectableChannel().close();
        }

        long age() {
            return System.nanoTime() - since;
        }

        boolean isYoungerThan(Duration age) {
            return age() < age.toNanos();
        }

        void watch(IoEventLoop loop) {
            IoRegistration started = loop.register(this).syncUninterruptibly().getNow();
            started.submit(NioIoOps.READ);
            registration = started;
        }

        void stopWaiting() {
            if (registration != null) {
                registration.cancel();
            }
            Client client = client(address);
            client.pending.remove(this);
            forgetIfEmpty(client);
        }
    }
}
