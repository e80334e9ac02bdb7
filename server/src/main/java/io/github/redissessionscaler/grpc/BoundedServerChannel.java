package io.github.redissessionscaler.grpc;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Accepts connections up to the limit; gRPC itself has no limit. */
final class BoundedServerChannel extends NioServerSocketChannel {

    private final Connections connections;

    BoundedServerChannel(Connections connections) {
        this.connections = connections;
    }

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
        if (connections.isFull()) {
            pause();
            return 0;
        }
        int before = accepted.size();
        int read = super.doReadMessages(accepted);
        for (int i = accepted.size() - 1; i >= before; i--) {
            if (accepted.get(i) instanceof Channel channel && !connections.admit(channel)) {
                channel.unsafe().closeForcibly();
                accepted.remove(i);
            }
        }
        return read;
    }

    /** Leaves clients in the backlog of the operating system for a moment. */
    private void pause() {
        config().setAutoRead(false);
        var _ = eventLoop()
                .schedule(
                        () -> config().setAutoRead(true), ServerLimits.ACCEPT_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
}
