package io.github.redissessionscaler.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import org.jspecify.annotations.Nullable;

/** One open connection of a client: its handshake, then its calls. Thread-safe. */
final class Connection {

    private final Channel channel;
    private final Connections all;
    private final long openedAt = System.nanoTime();
    private volatile long lastHeard = openedAt;
    private volatile boolean leaving;
    private volatile boolean distrusted;

    /** Null until HTTP/2 has started. */
    private volatile @Nullable ConnectionCalls calls;

    /** Notes when the client sends something, until HTTP/2 has started. */
    private final ChannelInboundHandlerAdapter hearing = new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            lastHeard = System.nanoTime();
            context.fireChannelRead(message);
        }
    };

    Connection(Channel channel, Connections all) {
        this.channel = channel;
        this.all = all;
        channel.pipeline().addFirst(hearing);
    }

    Channel channel() {
        return channel;
    }

    /** When its client last sent something before HTTP/2 had started, or else it was opened, as {@link System#nanoTime}. */
    long lastHeard() {
        return lastHeard;
    }

    /** Whether HTTP/2 has started, after the TLS handshake if there is TLS. */
    boolean isReady() {
        return calls != null;
    }

    /** HTTP/2 has started. For the network thread. */
    void http2Started(Http2ConnectionHandler http2) {
        channel.pipeline().remove(hearing);
        calls = ConnectionCalls.start(channel, all, http2, this::close, openedAt);
    }

    /** Its calls, or null until HTTP/2 has started. */
    @Nullable
    ConnectionCalls calls() {
        return calls;
    }

    /** Whether it has no calls in progress. */
    boolean isIdle() {
        ConnectionCalls known = calls;
        return known == null || known.counts().isIdle();
    }

    boolean wasUsed() {
        ConnectionCalls known = calls;
        return known != null && known.counts().wasUsed();
    }

    /** When its last call ended, or it was opened, as {@link System#nanoTime}. */
    long lastUsed() {
        ConnectionCalls known = calls;
        return known == null ? openedAt : known.lastUsed();
    }

    /** Estimated memory that closing it would free, in bytes: calls, messages and unsent responses. */
    long held() {
        ConnectionCalls known = calls;
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return (known == null ? 0 : known.held()) + (unsent == null ? 0 : unsent.totalPendingWriteBytes());
    }

    /** Whether its certificate is no longer trusted. It was when the TLS session began that the connection resumes. */
    boolean distrusted() {
        return distrusted;
    }

    void distrust() {
        distrusted = true;
        close();
    }

    /** Whether it is being closed. */
    boolean isLeaving() {
        return leaving;
    }

    /** Whether it is not being closed, and has its thread: before that, Netty cannot close it. */
    boolean mayBeClosed() {
        return !leaving && channel.isRegistered();
    }

    void close() {
        leaving = true;
        var _ = channel.close();
    }

    /** Frees memory: cancels its calls, and closes it unless it has open streams. */
    void giveUp() {
        channel.eventLoop().execute(() -> {
            ConnectionCalls known = calls;
            if (known == null) {
                close();
            } else {
                known.giveUp();
            }
        });
    }
}
