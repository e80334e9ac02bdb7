package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.telemetry.HeapPressure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client, and its calls in progress. The methods about HTTP/2 streams are called by the connection's
 * network thread only; {@link #evaluated} and the accessors may be called by any thread.
 */
final class Connection extends Http2ConnectionAdapter {

    /** What a call of the connection waits for; a call without a phase waits for its message. */
    private enum Phase {
        /** For the end of its request: the message has arrived. */
        MESSAGE,
        /** For the scaler. */
        REQUESTED,
        /** For its client to read the response, since the last sweep or longer. */
        UNREAD,
        /** For nothing: it is an open stream. */
        KEPT
    }

    private final Channel channel;
    private final Connections all;
    private final AtomicInteger evaluations = new AtomicInteger();

    /** Bytes of incomplete messages by stream, oldest first. */
    private final Map<Integer, Integer> parts = new LinkedHashMap<>();

    private long bytesOfParts;
    private @Nullable Http2ConnectionHandler http2;
    private Http2Connection.@Nullable PropertyKey phaseKey;
    private @Nullable Http2Stream newest;

    /** Calls whose message has not arrived. */
    private int waiting;

    /** Calls whose message has arrived, except open streams and closed calls. */
    private int underWay;

    private int kept;

    /** Bytes of the messages of calls in progress; released from any thread. */
    private final AtomicLong bytes = new AtomicLong();

    /** Estimated memory of its calls without streams, in bytes. */
    private volatile long held;

    private volatile long lastHeard = System.nanoTime();

    /** Notes when the client sends something, until HTTP/2 has started. */
    private final ChannelInboundHandlerAdapter hearing = new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            lastHeard = System.nanoTime();
            context.fireChannelRead(message);
        }
    };

    private volatile boolean ready;
    private volatile boolean leaving;
    private volatile boolean idle = true;
    private volatile long lastUsed = System.nanoTime();
    private volatile boolean used;
    private volatile boolean distrusted;
    private boolean closed;
    private int watches;
    private int strikes;
    private int newestAtSweep;

    /** Time that the client let the scaler wait since the last sweep, in ticks. */
    private int waited;

    private int ticks;

    /** Whether the last read since the last tick left something unread. */
    private boolean behind;

    /** Bytes read since the last tick that counted. */
    private long bytesRead;

    private boolean slower;
    private boolean refusedLately;

    Connection(Channel channel, Connections all) {
        this.channel = channel;
        this.all = all;
        channel.pipeline().addFirst(hearing);
    }

    Channel channel() {
        return channel;
    }

    /** Whether it has no calls in progress. */
    boolean isIdle() {
        return idle;
    }

    boolean wasUsed() {
        return used;
    }

    /** When its last call began, or it was opened, as {@link System#nanoTime}. */
    long lastUsed() {
        return lastUsed;
    }

    /** Whether its certificate is no longer trusted. It was when the TLS session began that the connection resumes. */
    boolean distrusted() {
        return distrusted;
    }

    /** Whether HTTP/2 has started, after the TLS handshake if there is TLS. */
    boolean isReady() {
        return ready;
    }

    /** When its client last sent something before HTTP/2 had started, or else it was opened, as {@link System#nanoTime}. */
    long lastHeard() {
        return lastHeard;
    }

    /** Whether it is being closed. */
    boolean isLeaving() {
        return leaving;
    }

    /** Whether it is not being closed, and has its thread: before that, Netty cannot close it. */
    boolean mayBeClosed() {
        return !leaving && channel.isRegistered();
    }

    /** Estimated memory that closing it would free, in bytes: calls, messages and unsent responses. */
    long held() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return held + bytes.get() + (unsent == null ? 0 : unsent.totalPendingWriteBytes());
    }

    void close() {
        leaving = true;
        var _ = channel.close();
    }

    /** Frees memory: cancels its calls, and closes it unless it has open streams. */
    void giveUp() {
        channel.eventLoop().execute(() -> {
            if (kept == 0) {
                close();
            } else {
                active(stream -> !isKept(stream)).forEach(stream -> reset(stream, Http2Error.ENHANCE_YOUR_CALM));
                channel.flush();
            }
        });
    }

    void distrust() {
        distrusted = true;
        close();
    }

    /** HTTP/2 has started. */
    void http2Started(Http2ConnectionHandler handler) {
        http2 = handler;
        channel.pipeline().remove(hearing);
        phaseKey = handler.connection().newKey();
        handler.connection().addListener(this);
        handler.decoder()
                .frameListener(new Http2FrameListenerDecorator(handler.decoder().frameListener()) {
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
        channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext context) {
                readIfWanted();
                context.fireChannelWritabilityChanged();
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                var last = channel.unsafe().recvBufAllocHandle();
                hasRead(last.lastBytesRead(), last.lastBytesRead() >= last.attemptedBytesRead());
                context.fireChannelReadComplete();
            }
        });
        ready = true;
        long period = all.sweptAfter.toMillis() / ServerLimits.TICKS_OF_A_SWEEP;
        // late ticks do not follow each other at once: between two of them, the network thread reads what has arrived
        var sweep = channel.eventLoop().scheduleWithFixedDelay(this::tickSafely, period, period, TimeUnit.MILLISECONDS);
        var _ = channel.closeFuture().addListener(_ -> {
            sweep.cancel(false);
            count(-waiting, -underWay, -kept);
            closed = true;
        });
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        newest = stream;
        idle = false;
        count(1, 0, 0);
    }

    /** A stream that was answered before its client half-closed it is reset, so that it keeps no memory. */
    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
        if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            channel.eventLoop().execute(() -> {
                reset(stream, Http2Error.NO_ERROR);
                channel.flush();
            });
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // streams are compared by identity
    public void onStreamClosed(Http2Stream stream) {
        if (newest == stream) {
            newest = null;
        }
        forgetPart(stream.id());
        Phase phase = phase(stream);
        if (phase == null) {
            count(-1, 0, 0);
        } else if (phase == Phase.KEPT) {
            count(0, 0, -1);
        } else {
            count(0, -1, 0);
        }
        idle = underWay == 0 && waiting == 0 && kept == 0;
        lastUsed = System.nanoTime();
    }

    private void counted() {
        held = (long) (waiting + underWay) * ServerLimits.BYTES_OF_A_CALL + bytesOfParts;
    }

    /** Changes the counts. Those of a closed connection are 0; its streams close after it. */
    private void count(int ofWaiting, int ofUnderWay, int ofKept) {
        if (!closed) {
            waiting += ofWaiting;
            underWay += ofUnderWay;
            kept += ofKept;
            all.waiting.addAndGet(ofWaiting);
            all.callsUnderWay.addAndGet(ofUnderWay);
            all.kept.addAndGet(ofKept);
        }
        counted();
    }

    /** The stream of the call that is starting. */
    @Nullable
    Http2Stream newest() {
        return newest;
    }

    /** The message of the stream's call has arrived. */
    void hasMessage(Http2Stream stream) {
        if (phase(stream) == null && become(Phase.MESSAGE, stream)) {
            forgetPart(stream.id());
            count(-1, 1, 0);
            if (!slower && load() > ServerLimits.CALLS_BEFORE_SLOWER) {
                readSlower();
            }
        }
    }

    /** The request of the stream's call is complete: from now on the client waits for the scaler. */
    void requested(Http2Stream stream) {
        if (phase(stream) == Phase.MESSAGE) {
            var _ = become(Phase.REQUESTED, stream);
        }
    }

    /** Counts the bytes of an incomplete message. Usually a message arrives complete. */
    private void partRead(int id, int read) {
        Http2ConnectionHandler handler = http2;
        Http2Stream stream = handler == null ? null : handler.connection().stream(id);
        if (handler == null || stream == null || phase(stream) != null) {
            forgetPart(id);
            return;
        }
        var _ = parts.merge(id, read, Integer::sum);
        bytesOfParts += read;
        all.bytesOfParts.addAndGet(read);
        counted();
        while (bytesOfParts > ServerLimits.BYTES_OF_PARTS
                || (all.bytesOfParts.get() > ServerLimits.BYTES && bytesOfParts > ServerLimits.FAIR_BYTES)) {
            int oldest = parts.keySet().iterator().next();
            Http2Stream victim = handler.connection().stream(oldest);
            forgetPart(oldest);
            if (victim != null) {
                breakOff(victim, "incomplete messages");
            }
        }
    }

    private void forgetPart(int id) {
        Integer part = parts.remove(id);
        if (part != null) {
            bytesOfParts -= part;
            all.bytesOfParts.addAndGet(-part);
        }
    }

    /** The stream stays open until its client ends it. The number of such streams is limited elsewhere. */
    void keep(Http2Stream stream) {
        Phase phase = phase(stream);
        if (phase != null && phase != Phase.KEPT && become(Phase.KEPT, stream)) {
            count(0, -1, 1);
        }
    }

    /** Counts a watch of the health service. Returns false if that exceeds the limit. */
    boolean watch() {
        if (watches >= ServerLimits.WATCHES) {
            return false;
        }
        watches++;
        return true;
    }

    void unwatch() {
        watches--;
    }

    /** Why a call that starts is refused, or null. */
    @Nullable
    String refusalOfBeginning() {
        int most = Math.max(ServerLimits.WAITING, ServerLimits.WAITING_AND_STREAMS - all.kept.get());
        return all.waiting.get() > most && waiting > all.fairCalls()
                ? "more than " + most + " calls are waiting for their message"
                : refusalOfMemory(waiting + load());
    }

    private @Nullable String refusalOfMemory(int calls) {
        return switch (all.pressure()) {
            case NORMAL ->
                all.isMemoryUsed() && calls > all.fairCalls()
                        ? "calls, streams and their messages use " + ServerLimits.MEMORY + " bytes"
                        : null;
            case HIGH ->
                calls > Math.min(ServerLimits.FEW_CALLS, all.fairCalls()) ? "the scaler is low on memory" : null;
            case CRITICAL -> "the scaler is out of memory";
        };
    }

    /** Why a call whose message has arrived is refused, or null. */
    @Nullable
    String refusal() {
        int total = Math.max(all.callsUnderWay.get(), all.evaluations.get());
        return total > ServerLimits.CALLS && load() > all.fairCalls()
                ? "more than " + ServerLimits.CALLS + " calls are in progress"
                : refusalOfMemory(load());
    }

    /**
     * Reserves the bytes of a complete message. Returns why it is refused, or null. In either case {@link #gives} must be
     * called when the message is no longer needed.
     */
    @Nullable
    String takes(int message) {
        long mine = bytes.addAndGet(message);
        return all.bytes.addAndGet(message) > ServerLimits.BYTES && mine > ServerLimits.FAIR_BYTES
                ? "the messages of the calls in progress exceed " + ServerLimits.BYTES + " bytes"
                : null;
    }

    void gives(int message) {
        bytes.addAndGet(-message);
        all.bytes.addAndGet(-message);
    }

    /** A call was refused because of a limit. */
    void refused(String words) {
        boolean memory = all.pressure() != HeapPressure.Level.NORMAL;
        all.refused(memory ? "memory" : "calls", "call refused: " + words);
        refusedLately = true;
        if (!slower) {
            readSlower();
        }
    }

    /** Evaluation of a call starts. */
    void evaluates() {
        used = true;
        evaluations.incrementAndGet();
        all.evaluations.incrementAndGet();
    }

    /** Evaluation of a call has ended. */
    void evaluated() {
        evaluations.decrementAndGet();
        all.evaluations.decrementAndGet();
    }

    /** Counts an error that only a faulty or hostile client makes. Closes the connection after too many. */
    void strike(String what) {
        if (!channel.isOpen()) {
            return; // a connection that ends cancels its calls
        }
        strikes++;
        if (strikes == ServerLimits.STRIKES) {
            all.refused("strikes", "connection closed: too many " + what);
            Http2ConnectionHandler handler = http2;
            ChannelHandlerContext context =
                    handler == null ? null : channel.pipeline().context(handler);
            if (handler != null && context != null) {
                var _ = handler.goAway(
                        context,
                        handler.connection().remote().lastStreamCreated(),
                        Http2Error.ENHANCE_YOUR_CALM.code(),
                        Unpooled.copiedBuffer("too many " + what, StandardCharsets.US_ASCII),
                        context.newPromise());
                context.flush();
            }
            close();
        }
    }

    private int load() {
        return Math.max(underWay, evaluations.get());
    }

    private boolean isKept(Http2Stream stream) {
        return phase(stream) == Phase.KEPT;
    }

    private @Nullable Phase phase(Http2Stream stream) {
        Http2Connection.PropertyKey key = phaseKey;
        return key == null ? null : stream.getProperty(key);
    }

    /** Returns false if the stream has closed. */
    private boolean become(Phase phase, Http2Stream stream) {
        Http2Connection.PropertyKey key = phaseKey;
        if (key == null || stream.state() == Http2Stream.State.CLOSED) {
            return false;
        }
        stream.setProperty(key, phase);
        return true;
    }

    private void breakOff(Http2Stream stream, String what) {
        Http2ConnectionHandler handler = http2;
        if (handler != null && channel.pipeline().context(handler) != null) {
            all.refused("calls", "calls cancelled: too many " + what);
            reset(stream, Http2Error.ENHANCE_YOUR_CALM);
            strike(what);
        }
    }

    private void reset(Http2Stream stream, Http2Error error) {
        Http2ConnectionHandler handler = http2;
        ChannelHandlerContext context =
                handler == null ? null : channel.pipeline().context(handler);
        if (handler != null && context != null && stream.state() != Http2Stream.State.CLOSED) {
            var _ = handler.resetStream(context, stream.id(), error.code(), context.newPromise());
        }
    }

    /** Reads less often from a client that sends faster than it is answered, or whose calls are refused. */
    private void readSlower() {
        slower = true;
        readIfWanted();
        var _ = channel.eventLoop().schedule(this::readAgain, ServerLimits.SLOWER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void readAgain() {
        if (!channel.isOpen()) {
            return;
        }
        if (load() > ServerLimits.CALLS_BEFORE_SLOWER / 2 || refusedLately) {
            refusedLately = false;
            if (channel.isWritable()) {
                channel.read();
            }
            var _ = channel.eventLoop()
                    .schedule(this::readAgain, ServerLimits.SLOWER.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            slower = false;
            readIfWanted();
        }
    }

    /** Stops reading while the client does not read its responses, so that they cannot pile up. */
    private void readIfWanted() {
        channel.config().setAutoRead(!slower && channel.isWritable());
    }

    /**
     * The network thread has read from the connection.
     *
     * @param more whether there may be more to read: the read has filled its buffer
     */
    void hasRead(int read, boolean more) {
        bytesRead += Math.max(0, read);
        behind = more;
    }

    /** A periodic task ends with the first error that it throws. */
    private void tickSafely() {
        try {
            tick();
        } catch (Throwable e) {
            InternalErrors.report("sweep of a connection", e);
        }
    }

    /**
     * Counts the time that the client lets the scaler wait. If something is unread, it may be what a call waits for, so the
     * scaler lets the client wait; unless much was read after that call.
     */
    private void tick() {
        ticks++;
        if (ticks % ServerLimits.TICKS_OF_A_SWEEP == 0) {
            strikes = 0;
        }
        if (!behind || bytesRead >= ServerLimits.BYTES_OF_A_TICK) {
            waited++;
            bytesRead = 0;
        }
        behind = false;
        if (waited == ServerLimits.TICKS_OF_A_SWEEP) {
            waited = 0;
            sweep();
        }
    }

    /** Cancels calls for whose client the scaler has waited since the last sweep. */
    private void sweep() {
        Http2ConnectionHandler handler = http2;
        if (handler == null) {
            return;
        }
        int before = newestAtSweep;
        newestAtSweep = handler.connection().remote().lastStreamCreated();
        active(stream -> letsWait(stream, before))
                .forEach(stream -> breakOff(stream, "calls that are neither completed nor read"));
        active(stream -> phase(stream) == Phase.REQUESTED && stream.isHeadersSent())
                .forEach(stream -> become(Phase.UNREAD, stream));
        channel.flush();
    }

    private boolean letsWait(Http2Stream stream, int newest) {
        return switch (phase(stream)) {
            case null -> stream.id() <= newest;
            case MESSAGE -> stream.id() <= newest;
            case UNREAD -> true;
            case REQUESTED, KEPT -> false;
        };
    }

    private List<Http2Stream> active(Predicate<Http2Stream> which) {
        Http2ConnectionHandler handler = http2;
        List<Http2Stream> found = new ArrayList<>();
        try {
            if (handler != null) {
                var _ = handler.connection().forEachActiveStream(stream -> {
                    if (which.test(stream)) {
                        found.add(stream);
                    }
                    return true;
                });
            }
        } catch (Http2Exception e) {
            close();
        }
        return found;
    }
}
