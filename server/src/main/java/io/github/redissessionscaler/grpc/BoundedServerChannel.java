package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.background.InternalErrors;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Accepts connections up to the limit; gRPC itself has no limit. */
final class BoundedServerChannel extends NioServerSocketChannel {

    /** Decides on new connections. */
    interface Admission {

        /** Whether to accept no connection for now. */
        boolean isFull();

        /** Whether this connection, which was just accepted, may stay. */
        boolean admit(Channel channel);
    }

    private final Admission admission;

    BoundedServerChannel(Admission admission) {
        this.admission = admission;
    }

    /** Netty would close the port after an internal error, so this ends no worse than with refused connections. */
    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
        int before = accepted.size();
        try {
            if (admission.isFull()) {
                pause();
                return 0;
            }
            int read = super.doReadMessages(accepted);
            refuse(accepted, before, false);
            return read;
        } catch (RuntimeException | Error e) {
            InternalErrors.report("accept connections", e);
            refuse(accepted, before, true);
            pause();
            return 0;
        }
    }

    /** Closes and removes the new connections that may not stay. */
    private void refuse(List<Object> accepted, int before, boolean all) {
        for (int i = accepted.size() - 1; i >= before; i--) {
            if (accepted.get(i) instanceof Channel channel && (all || !admission.admit(channel))) {
                channel.unsafe().closeForcibly();
                accepted.remove(i);
            }
        }
    }

    /** Leaves clients in the backlog of the operating system for a moment. */
    private void pause() {
        config().setAutoRead(false);
        var _ = eventLoop()
                .schedule(
                        () -> config().setAutoRead(true), ServerLimits.ACCEPT_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
}
