package io.github.redissessionscaler.grpc;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;

/** Takes connections only as long as there is room for them; gRPC itself would take any number. */
final class BoundedServerChannel extends NioServerSocketChannel {

    private final Connections connections;

    BoundedServerChannel(Connections connections) {
        this.connections = connections;
    }

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
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
}
