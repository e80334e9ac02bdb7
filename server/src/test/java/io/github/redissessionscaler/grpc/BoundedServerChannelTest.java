package io.github.redissessionscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.InternalErrors;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class BoundedServerChannelTest {

    /** Fails when it is first asked whether there is room, and at the first connection. */
    private static final class FaultyAdmission implements BoundedServerChannel.Admission {

        private final AtomicInteger rooms = new AtomicInteger();
        private final AtomicInteger connections = new AtomicInteger();

        @Override
        public boolean isFull() {
            if (rooms.getAndIncrement() == 0) {
                throw new IllegalStateException("room");
            }
            return false;
        }

        @Override
        public boolean admit(Channel channel) {
            if (connections.getAndIncrement() == 0) {
                throw new IllegalStateException("connection");
            }
            return true;
        }

        @Override
        public void refused(String limit, String words) {
            throw new IllegalStateException(words);
        }
    }

    private static final class Everybody implements BoundedServerChannel.Admission {

        final AtomicInteger refused = new AtomicInteger();

        @Override
        public boolean isFull() {
            return false;
        }

        @Override
        public boolean admit(Channel channel) {
            return true;
        }

        @Override
        public void refused(String limit, String words) {
            refused.incrementAndGet();
        }
    }

    @Test
    void thePortStaysOpenAfterAnInternalError() throws IOException {
        var admission = new FaultyAdmission();
        try (var port = new Port(admission, Duration.ofMinutes(1))) {
            try (var first = port.connect()) {
                speak(first);
                await().until(() -> hasEnded(first));
            }
            try (var second = port.connect()) {
                speak(second);
                await().until(() -> port.opened.get() == 1);
                assertThat(second.isConnected()).isTrue();
            }
        }
        assertThat(InternalErrors.counts().get("accept connections")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aConnectionIsOpenedWhenItsClientHasSentSomething() throws IOException {
        try (var port = new Port(new Everybody(), Duration.ofMinutes(1));
                var first = port.connect();
                var second = port.connect()) {
            speak(second);
            await().until(() -> port.opened.get() == 1);
            speak(first);
            await().until(() -> port.opened.get() == 2);
            assertThat(answers(first)).isTrue();
            assertThat(answers(second)).isTrue();
        }
    }

    @Test
    void aClientThatSpeaksIsServedBehindManyThatSayNothing() throws IOException {
        var admission = new Everybody();
        List<Socket> pending = new ArrayList<>();
        try (var port = new Port(admission, Duration.ofMinutes(1))) {
            for (int i = 0; i < ServerLimits.NOT_OPENED + 10; i++) {
                pending.add(port.connect());
            }
            try (var client = port.connect()) {
                speak(client);
                assertThat(answers(client)).isTrue();
            }
            await().until(() -> hasEnded(pending.getFirst()));
            assertThat(port.opened).hasValue(1);
            assertThat(admission.refused.get()).isGreaterThanOrEqualTo(10);
        } finally {
            for (Socket socket : pending) {
                socket.close();
            }
        }
    }

    @Test
    void aClientThatSaysNothingForTooLongIsDisconnected() throws IOException {
        var admission = new Everybody();
        try (var port = new Port(admission, Duration.ofMillis(1));
                var first = port.connect()) {
            assertThat(hasEnded(first)).isTrue();
            try (var second = port.connect()) {
                assertThat(hasEnded(second)).isTrue();
            }
            assertThat(port.opened).hasValue(0);
            assertThat(admission.refused).hasValue(0);
        }
    }

    @Test
    void clientsThatSaidNothingAreDisconnectedWhenThePortCloses() throws IOException {
        Socket pending;
        try (var port = new Port(new Everybody(), Duration.ofMinutes(1))) {
            pending = port.connect();
            try (var other = port.connect()) {
                speak(other);
                await().until(() -> port.opened.get() == 1); // so the earlier one is accepted, too
            }
        }
        try (pending) {
            assertThat(hasEnded(pending)).isTrue();
        }
    }

    /** A port that answers each connection with a byte. */
    private static final class Port implements AutoCloseable {

        final AtomicInteger opened = new AtomicInteger();
        private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        private final Channel server;

        Port(BoundedServerChannel.Admission admission, Duration firstByteTimeout) {
            server = new ServerBootstrap()
                    .group(group)
                    .channelFactory(() -> new BoundedServerChannel(admission, firstByteTimeout))
                    .childHandler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            opened.incrementAndGet();
                            var _ = context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
                        }

                        @Override
                        public boolean isSharable() {
                            return true;
                        }
                    })
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly()
                    .channel();
        }

        Socket connect() throws IOException {
            var address = (InetSocketAddress) server.localAddress();
            return new Socket(address.getAddress(), address.getPort());
        }

        @Override
        public void close() {
            group.close();
        }
    }

    private static void speak(Socket socket) throws IOException {
        socket.getOutputStream().write(1);
    }

    private static boolean answers(Socket socket) throws IOException {
        return socket.getInputStream().read() == 1;
    }

    private static boolean hasEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // the server has reset it
        }
    }
}
