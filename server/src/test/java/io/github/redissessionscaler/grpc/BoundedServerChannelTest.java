package io.github.redissessionscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.InternalErrors;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
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
    }

    @Test
    void thePortStaysOpenAfterAnInternalError() throws IOException {
        var opened = new AtomicInteger();
        try (var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
            var admission = new FaultyAdmission();
            Channel server = new ServerBootstrap()
                    .group(group)
                    .channelFactory(() -> new BoundedServerChannel(admission))
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            opened.incrementAndGet();
                        }
                    })
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly()
                    .channel();
            try (var first = connect(server)) {
                await().until(() -> hasEnded(first));
            }
            try (var second = connect(server)) {
                await().until(() -> opened.get() == 1);
                assertThat(second.isConnected()).isTrue();
            }
        }
        assertThat(InternalErrors.counts().get("accept connections")).isGreaterThanOrEqualTo(2);
    }

    private static Socket connect(Channel server) throws IOException {
        var address = (InetSocketAddress) server.localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    private static boolean hasEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // the server has reset it
        }
    }
}
