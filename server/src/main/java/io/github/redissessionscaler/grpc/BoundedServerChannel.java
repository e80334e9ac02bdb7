package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.background.InternalErrors;
import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Accepts connections up to the limit; gRPC itself has no limit. It accepts them as fast as it can, because the operating
 * system ignores new ones for seconds while its queue is full, and opens them in the order of {@link NewConnections}.
 */
final class BoundedServerChannel extends NioServerSocketChannel {

    /** Decides on new connections. Used on the thread that accepts. */
    interface Admission {

        /** Whether to open no connection for now. */
        boolean isFull();

        /** Whether this connection may be opened. */
        boolean admit(Channel channel);

        /**
         * Notes that a connection was refused.
         *
         * @param limit the limit that was reached, as in the metric
         * @param words what happened, for the log
         */
        void refused(String limit, String words);
    }

    private final Admission admission;
    private final NewConnections accepted;

    /** Whether opening more of them is planned. */
    private boolean planned;

    /**
     * The port is not open yet.
     *
     * @param firstByteTimeout how long a new connection may stay without a byte of its client
     */
    BoundedServerChannel(Admission admission, Duration firstByteTimeout) {
        this.admission = admission;
        this.accepted = new NewConnections(firstByteTimeout, this::openReady);
    }

    /**
     * Returns 0 always: connections are opened when their clients have sent something. Netty would close the port after an
     * internal error, so this throws only what the operating system refuses.
     */
    @Override
    protected int doReadMessages(List<Object> handedOver) throws IOException {
        try {
            accept();
        } catch (RuntimeException | Error e) {
            InternalErrors.report("accept connections", e);
            pause();
        }
        return 0;
    }

    private void accept() throws IOException {
        for (int i = 0; i < ServerLimits.ACCEPTED_AT_ONCE; i++) {
            if (accepted.size() >= ServerLimits.NOT_OPENED) {
                if (!accepted.makeRoom()) {
                    pause();
                    return;
                }
                admission.refused("handshakes", "too many new connections");
            }
            SocketChannel channel = javaChannel().accept();
            if (channel == null) {
                return;
            }
            accepted.add(channel, (IoEventLoop) eventLoop());
        }
    }

    @Override
    protected void doClose() throws Exception {
        super.doClose();
        accepted.closeAll();
    }

    private void openReady() {
        while (!planned && accepted.hasReady()) {
            if (isFull()) {
                planned = true;
                var _ = eventLoop()
                        .schedule(this::openAgain, ServerLimits.OPEN_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            } else {
                accepted.next().ifPresent(this::open);
            }
        }
    }

    private void openAgain() {
        planned = false;
        openReady();
    }

    private boolean isFull() {
        try {
            return admission.isFull();
        } catch (RuntimeException | Error e) {
            InternalErrors.report("accept connections", e);
            return true;
        }
    }

    private void open(SocketChannel socket) {
        try {
            var channel = new NioSocketChannel(this, socket);
            if (admission.admit(channel)) {
                pipeline().fireChannelRead(channel);
            } else {
                channel.unsafe().closeForcibly();
            }
        } catch (RuntimeException | Error e) {
            InternalErrors.report("accept connections", e);
            NewConnections.close(socket);
        }
    }

    /** Leaves clients in the queue of the operating system for a moment. */
    private void pause() {
        config().setAutoRead(false);
        var _ = eventLoop()
                .schedule(() -> config().setAutoRead(true), ServerLimits.OPEN_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
}
