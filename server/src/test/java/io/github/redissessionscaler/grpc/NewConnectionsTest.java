package io.github.redissessionscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NewConnectionsTest {

    private static final String CLIENT = "127.0.0.1";
    private static final String STRANGER = "127.0.0.2";

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final IoEventLoop loop = group.next();
    private final ServerSocketChannel port;
    private final AtomicInteger ready = new AtomicInteger();
    private final NewConnections connections = new NewConnections(Duration.ofMinutes(1), ready::incrementAndGet);
    private final List<Socket> sockets = new ArrayList<>();

    NewConnectionsTest() throws IOException {
        port = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        onLoop(() -> {
            connections.closeAll();
            return connections.size();
        });
        group.close();
        port.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void eachAddressHasItsTurn() throws IOException {
        for (int i = 0; i < 5; i++) {
            speak(connect(STRANGER));
        }
        await().until(() -> ready.get() == 5);
        speak(connect(CLIENT));
        await().until(() -> ready.get() == 6);
        connect(CLIENT); // says nothing

        assertThat(List.of(next(), next(), next())).containsExactly(STRANGER, CLIENT, STRANGER);
        assertThat(onLoop(connections::size)).isEqualTo(4);
    }

    @Test
    void theAddressThatHasMostLosesItsOldestPendingConnection() throws IOException {
        connect(CLIENT);
        Socket oldest = connect(STRANGER);
        connect(STRANGER);

        await().until(() -> onLoop(connections::makeRoom)); // as soon as it is old enough
        assertThat(hasEnded(oldest)).isTrue();
        assertThat(onLoop(connections::size)).isEqualTo(2);
    }

    @Test
    void theAddressThatHasMostLosesItsNewestConnectionWhenNoneIsPending() throws IOException {
        speak(connect(CLIENT));
        await().until(() -> ready.get() == 1);
        speak(connect(STRANGER));
        await().until(() -> ready.get() == 2);
        Socket newest = connect(STRANGER);
        speak(newest);
        await().until(() -> ready.get() == 3);

        assertThat(onLoop(connections::makeRoom)).isTrue();
        assertThat(hasEnded(newest)).isTrue();
        assertThat(List.of(next(), next())).containsExactly(CLIENT, STRANGER);
        assertThat(onLoop(connections::size)).isZero();
    }

    @Test
    void ofAddressesWithEquallyManyOneThatHasSentNothingLosesItsConnection() throws IOException {
        speak(connect(CLIENT));
        await().until(() -> ready.get() == 1);
        Socket pending = connect(STRANGER);

        await().pollDelay(ServerLimits.FAIR_BEGINNING).until(() -> onLoop(connections::makeRoom));
        assertThat(hasEnded(pending)).isTrue();
        assertThat(next()).isEqualTo(CLIENT);
    }

    @Test
    void anAddressIsForgottenWithItsLastConnection() throws IOException {
        connect(CLIENT);
        await().until(() -> onLoop(connections::makeRoom));
        speak(connect(STRANGER));
        await().until(() -> ready.get() == 1);
        assertThat(onLoop(connections::makeRoom)).isTrue();

        assertThat(onLoop(connections::size)).isZero();
        assertThat(onLoop(connections::addresses)).isZero();
    }

    private Socket connect(String from) throws IOException {
        var address = (InetSocketAddress) port.getLocalAddress();
        var socket = new Socket(address.getAddress(), address.getPort(), InetAddress.getByName(from), 0);
        sockets.add(socket);
        SocketChannel accepted = port.accept();
        onLoop(() -> {
            connections.add(accepted, loop);
            return accepted;
        });
        return socket;
    }

    private static void speak(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
    }

    private static boolean hasEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // reset
        }
    }

    /** The address of the next one. */
    private String next() throws IOException {
        Optional<SocketChannel> next = onLoop(connections::next);
        try (SocketChannel channel = next.orElseThrow()) {
            return ((InetSocketAddress) channel.getRemoteAddress()).getAddress().getHostAddress();
        }
    }

    private <T> T onLoop(Callable<T> callable) {
        return loop.submit(callable).syncUninterruptibly().getNow();
    }
}
