package io.github.redissessionscaler.grpc;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The HTTP/2 streams of one connection's calls, and the phase of each call. For the connection's network thread. */
final class CallStreams {

    private final Channel channel;
    private final Http2ConnectionHandler http2;
    private final Http2Connection.PropertyKey phaseKey;

    CallStreams(Channel channel, Http2ConnectionHandler http2) {
        this.channel = channel;
        this.http2 = http2;
        phaseKey = http2.connection().newKey();
    }

    /** The stream, or null if it has closed. */
    @Nullable
    Http2Stream stream(int id) {
        return http2.connection().stream(id);
    }

    /** The ID of the stream that the client opened last. */
    int newestId() {
        return http2.connection().remote().lastStreamCreated();
    }

    @Nullable
    CallPhase phase(Http2Stream stream) {
        return stream.getProperty(phaseKey);
    }

    /** Returns false if the stream has closed. */
    boolean become(CallPhase phase, Http2Stream stream) {
        if (stream.state() == Http2Stream.State.CLOSED) {
            return false;
        }
        stream.setProperty(phaseKey, phase);
        return true;
    }

    /** The open streams of which this is true. */
    List<Http2Stream> active(Predicate<Http2Stream> which) {
        List<Http2Stream> found = new ArrayList<>();
        try {
            var _ = http2.connection().forEachActiveStream(stream -> {
                if (which.test(stream)) {
                    found.add(stream);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException(e); // only a visitor throws it
        }
        return found;
    }

    /** Whether the connection still speaks HTTP/2, so that streams can be reset. */
    boolean canReset() {
        return context() != null;
    }

    /** Ends the stream, unless it has closed. Takes effect with {@link #flush}. */
    void reset(Http2Stream stream, Http2Error error) {
        ChannelHandlerContext context = context();
        if (context != null && stream.state() != Http2Stream.State.CLOSED) {
            var _ = http2.resetStream(context, stream.id(), error.code(), context.newPromise());
        }
    }

    /** Sends what was reset. */
    void flush() {
        channel.flush();
    }

    /** Sends the client the reason why the connection will be closed. */
    void goAway(String reason) {
        ChannelHandlerContext context = context();
        if (context != null) {
            var _ = http2.goAway(
                    context,
                    newestId(),
                    Http2Error.ENHANCE_YOUR_CALM.code(),
                    Unpooled.copiedBuffer(reason, StandardCharsets.US_ASCII),
                    context.newPromise());
            context.flush();
        }
    }

    private @Nullable ChannelHandlerContext context() {
        return channel.pipeline().context(http2);
    }
}
