package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.telemetry.HeapPressure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection, from the HTTP/2 events of their streams: counts them, and ends those that exceed a limit or
 * whose client lets the scaler wait. For the connection's network thread; any thread may call {@link #counts},
 * {@link #held} and {@link #lastUsed}.
 */
final class ConnectionCalls extends Http2ConnectionAdapter {

    private final Channel channel;
    private final Connections all;
    private final Runnable close;
    private final CallStreams streams;
    private final CallCounts counts;
    private final IncompleteMessages parts;
    private final ReadPace pace;
    private final CallSweep sweep;
    private @Nullable Http2Stream newest;
    private volatile long lastUsed;
    private int strikes;
    private int ticks;

    private ConnectionCalls(
            Channel channel, Connections all, Http2ConnectionHandler http2, Runnable close, long openedAt) {
        this.channel = channel;
        this.all = all;
        this.close = close;
        lastUsed = openedAt;
        streams = new CallStreams(channel, http2);
        counts = new CallCounts(all);
        parts = new IncompleteMessages(all.bytesOfParts);
        pace = new ReadPace(channel, counts::load);
        sweep = new CallSweep(streams, stream -> breakOff(stream, "calls that are neither completed nor read"));
    }

    /**
     * Counts the calls of a connection whose HTTP/2 has started.
     *
     * @param close closes the connection
     * @param openedAt when it was opened, as {@link System#nanoTime}
     */
    static ConnectionCalls start(
            Channel channel, Connections all, Http2ConnectionHandler http2, Runnable close, long openedAt) {
        var calls = new ConnectionCalls(channel, all, http2, close, openedAt);
        http2.connection().addListener(calls);
        calls.listenToMessages(http2);
        calls.listenToChannel();
        calls.startSweeps();
        return calls;
    }

    private void listenToMessages(Http2ConnectionHandler http2) {
        http2.decoder()
                .frameListener(new Http2FrameListenerDecorator(http2.decoder().frameListener()) {
                    @Override
                    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean end)
                            throws Http2Exception {
                        int read = data.readableBytes();
                        // incomplete parts are copied: a slice would keep the whole network buffer in memory
                        ByteBuf part = end ? data.retain() : Unpooled.copiedBuffer(data);
                        try {
                            int taken = super.onDataRead(context, id, part, padding, end);
                            partRead(id, read);
                            return taken;
                        } finally {
                            part.release();
                        }
                    }
                });
    }

    private void listenToChannel() {
        channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext context) {
                pace.readIfWanted();
                context.fireChannelWritabilityChanged();
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                var last = channel.unsafe().recvBufAllocHandle();
                hasRead(last.lastBytesRead(), last.lastBytesRead() >= last.attemptedBytesRead());
                context.fireChannelReadComplete();
            }
        });
    }

    private void startSweeps() {
        long period = all.sweptAfter.toMillis() / ServerLimits.TICKS_OF_A_SWEEP;
        // late ticks do not follow each other at once: between two of them, the network thread reads what has arrived
        var ticking = channel.eventLoop().scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
        var _ = channel.closeFuture().addListener(_ -> {
            ticking.cancel(false);
            counts.close();
        });
    }

    /** A periodic task ends with the first error that it throws. */
    private void tick() {
        try {
            ticks++;
            if (ticks % ServerLimits.TICKS_OF_A_SWEEP == 0) {
                strikes = 0;
            }
            sweep.tick();
        } catch (Throwable e) {
            InternalErrors.report("sweep of a connection", e);
        }
    }

    /** See {@link CallSweep#hasRead}. */
    void hasRead(int read, boolean more) {
        sweep.hasRead(read, more);
    }

    CallCounts counts() {
        return counts;
    }

    /** Estimated memory of calls and messages, in bytes. */
    long held() {
        return counts.held() + parts.bytes();
    }

    /** When its last call ended, or it was opened, as {@link System#nanoTime}. */
    long lastUsed() {
        return lastUsed;
    }

    /** The stream of the call that is starting. */
    @Nullable
    Http2Stream newest() {
        return newest;
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        newest = stream;
        counts.begins();
    }

    /** A stream that was answered before its client half-closed it is reset, so that it keeps no memory. */
    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
        if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            channel.eventLoop().execute(() -> {
                streams.reset(stream, Http2Error.NO_ERROR);
                streams.flush();
            });
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // streams are compared by identity
    public void onStreamClosed(Http2Stream stream) {
        if (newest == stream) {
            newest = null;
        }
        parts.forget(stream.id());
        counts.ends(streams.phase(stream));
        lastUsed = System.nanoTime();
    }

    /** The message of the stream's call has arrived. */
    void hasMessage(Http2Stream stream) {
        if (streams.phase(stream) == null && streams.become(CallPhase.MESSAGE, stream)) {
            parts.forget(stream.id());
            counts.hasMessage();
            pace.begun();
        }
    }

    /** The request of the stream's call is complete: from now on the client waits for the scaler. */
    void requested(Http2Stream stream) {
        if (streams.phase(stream) == CallPhase.MESSAGE) {
            var _ = streams.become(CallPhase.REQUESTED, stream);
        }
    }

    /** The stream stays open until its client ends it. The number of such streams is limited elsewhere. */
    void keep(Http2Stream stream) {
        CallPhase phase = streams.phase(stream);
        if (phase != null && phase != CallPhase.KEPT && streams.become(CallPhase.KEPT, stream)) {
            counts.keeps();
        }
    }

    private void partRead(int id, int read) {
        Http2Stream stream = streams.stream(id);
        if (stream == null || streams.phase(stream) != null) {
            parts.forget(id);
            return;
        }
        parts.add(id, read);
        for (OptionalInt oldest = parts.excess(); oldest.isPresent(); oldest = parts.excess()) {
            Http2Stream victim = streams.stream(oldest.getAsInt());
            parts.forget(oldest.getAsInt());
            if (victim != null) {
                breakOff(victim, "incomplete messages");
            }
        }
    }

    /** A call was refused because of a limit. */
    void refused(String words) {
        boolean memory = all.pressure() != HeapPressure.Level.NORMAL;
        all.refused(memory ? "memory" : "calls", "call refused: " + words);
        pace.refused();
    }

    /** Counts an error that only a faulty or hostile client makes. Closes the connection after too many. */
    void strike(String what) {
        if (!channel.isOpen()) {
            return; // a connection that ends cancels its calls
        }
        strikes++;
        if (strikes == ServerLimits.STRIKES) {
            all.refused("strikes", "connection closed: too many " + what);
            streams.goAway("too many " + what);
            close.run();
        }
    }

    private void breakOff(Http2Stream stream, String what) {
        if (streams.canReset()) {
            all.refused("calls", "calls cancelled: too many " + what);
            streams.reset(stream, Http2Error.ENHANCE_YOUR_CALM);
            strike(what);
        }
    }

    /** Frees memory: cancels the calls, and closes the connection unless it has open streams. */
    void giveUp() {
        if (counts.hasOpenStreams()) {
            streams.active(stream -> streams.phase(stream) != CallPhase.KEPT)
                    .forEach(stream -> streams.reset(stream, Http2Error.ENHANCE_YOUR_CALM));
            streams.flush();
        } else {
            close.run();
        }
    }
}
