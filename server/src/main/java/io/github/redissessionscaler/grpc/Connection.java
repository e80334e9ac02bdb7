package io.github.redissessionscaler.grpc;

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
 * One connection of a client, and what it has under way. Streams of HTTP/2 come and go on the thread of its network, which
 * alone calls the methods of them; {@link #evaluated}, and what others ask of it, may come from any thread.
 */
final class Connection extends Http2ConnectionAdapter {

    private final Channel channel;
    private final Connections all;
    private final AtomicInteger evaluations = new AtomicInteger();

    /** Bytes of messages that are not whole, by stream, the oldest first. */
    private final Map<Integer, Integer> parts = new LinkedHashMap<>();

    private long bytesOfParts;
    private @Nullable Http2ConnectionHandler http2;
    private Http2Connection.@Nullable PropertyKey keptKey;
    private Http2Connection.@Nullable PropertyKey messageKey;
    private @Nullable Http2Stream newest;

    /** Calls whose message has not come. */
    private int waiting;

    /** Calls whose message has come, and that are neither kept nor closed. */
    private int underWay;

    private int kept;

    /** Bytes of messages whose calls are under way; they are given back from any thread. */
    private final AtomicLong bytes = new AtomicLong();

    /** About what its calls hold, streams aside, in bytes. */
    private volatile long held;

    private volatile boolean ready;
    private volatile boolean leaving;
    private volatile boolean idle = true;
    private volatile long lastUsed = System.nanoTime();
    private volatile boolean asked;
    private volatile boolean distrusted;
    private int watches;
    private int strikes;
    private int newestAtSweep;
    private boolean slower;
    private boolean refusedLately;

    Connection(Channel channel, Connections all) {
        this.channel = channel;
        this.all = all;
    }

    Channel channel() {
        return channel;
    }

    /** Whether nothing is under way on it. */
    boolean isIdle() {
        return idle;
    }

    boolean hasAsked() {
        return asked;
    }

    /** When it last asked something, or was accepted, by the machine's monotonic clock. */
    long lastUsed() {
        return lastUsed;
    }

    /** Whether its certificate is not trusted, although it was when the session began that it resumes. */
    boolean distrusted() {
        return distrusted;
    }

    /** Whether HTTP/2 is spoken on it: TLS is agreed on, where there is any. */
    boolean isReady() {
        return ready;
    }

    /** Whether it was given up, although it may not be closed yet. */
    boolean isLeaving() {
        return leaving;
    }

    /** About what it holds that could be given up, in bytes: calls, their messages, and what is not sent yet. */
    long held() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return held + bytes.get() + (unsent == null ? 0 : unsent.totalPendingWriteBytes());
    }

    void close() {
        leaving = true;
        var _ = channel.close();
    }

    /** Gives up what it holds: its calls, and with them itself, unless it has streams. */
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

    /** HTTP/2 begins. */
    void speaks(Http2ConnectionHandler handler) {
        http2 = handler;
        keptKey = handler.connection().newKey();
        messageKey = handler.connection().newKey();
        handler.connection().addListener(this);
        handler.decoder()
                .frameListener(new Http2FrameListenerDecorator(handler.decoder().frameListener()) {
                    @Override
                    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean end)
                            throws Http2Exception {
                        int read = data.readableBytes();
                        // what is not the end is copied, since a part of a message would keep all that came with it
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
        });
        ready = true;
        long period = all.sweptAfter.toMillis();
        var sweep = channel.eventLoop().scheduleAtFixedRate(this::sweep, period, period, TimeUnit.MILLISECONDS);
        var _ = channel.closeFuture().addListener(_ -> {
            sweep.cancel(false);
            all.callsUnderWay.addAndGet(-underWay);
            all.waiting.addAndGet(-waiting);
            all.kept.addAndGet(-kept);
            underWay = 0;
            waiting = 0;
            kept = 0;
            counted();
        });
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        newest = stream;
        waiting++;
        idle = false;
        all.waiting.incrementAndGet();
        counted();
    }

    /** What is answered before its client has said all is at an end: nothing of it is kept until the client says so. */
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
    @SuppressWarnings("ReferenceEquality") // a stream is equal to itself alone
    public void onStreamClosed(Http2Stream stream) {
        if (newest == stream) {
            newest = null;
        }
        forgetPart(stream.id());
        if (isKept(stream)) {
            kept--;
            all.kept.decrementAndGet();
        } else if (is(messageKey, stream)) {
            underWay--;
            all.callsUnderWay.decrementAndGet();
        } else {
            waiting--;
            all.waiting.decrementAndGet();
        }
        idle = underWay == 0 && waiting == 0 && kept == 0;
        lastUsed = System.nanoTime();
        counted();
    }

    private void counted() {
        held = (long) (waiting + underWay) * ServerLimits.BYTES_OF_A_CALL + bytesOfParts;
    }

    /** The stream of the call that begins now. */
    @Nullable
    Http2Stream newest() {
        return newest;
    }

    /** Its message has come. */
    void hasMessage(Http2Stream stream) {
        Http2Connection.PropertyKey key = messageKey;
        if (key != null && !is(key, stream) && stream.state() != Http2Stream.State.CLOSED) {
            stream.setProperty(key, Boolean.TRUE);
            waiting--;
            all.waiting.decrementAndGet();
            underWay++;
            all.callsUnderWay.incrementAndGet();
            forgetPart(stream.id());
            counted();
            if (!slower && load() > ServerLimits.CALLS_BEFORE_SLOWER) {
                readSlower();
            }
        }
    }

    /** What has come of a message is kept until it is whole; usually it comes at once. */
    private void partRead(int id, int read) {
        Http2ConnectionHandler handler = http2;
        Http2Stream stream = handler == null ? null : handler.connection().stream(id);
        if (handler == null || stream == null || is(messageKey, stream)) {
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
                breakOff(victim, "messages that are not whole");
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

    /** From now on the stream stays open for as long as its client wants; others bound how many do. */
    void keep(Http2Stream stream) {
        if (keptKey != null && !isKept(stream) && stream.state() != Http2Stream.State.CLOSED) {
            stream.setProperty(keptKey, Boolean.TRUE);
            kept++;
            all.kept.incrementAndGet();
            underWay--;
            all.callsUnderWay.decrementAndGet();
            counted();
        }
    }

    /** Takes one more watch of the health service, unless there are enough. */
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

    /** Why a call that begins is not taken, or null if it is. */
    @Nullable
    String refusalOfBeginning() {
        int most = Math.max(ServerLimits.WAITING, ServerLimits.WAITING_AND_STREAMS - all.kept.get());
        return all.waiting.get() > most && waiting > ServerLimits.FAIR_CALLS
                ? "more than " + most + " calls wait for their message"
                : refusalOfMemory(waiting + load());
    }

    private @Nullable String refusalOfMemory(int calls) {
        return switch (all.pressure()) {
            case NORMAL -> null;
            case HIGH -> calls > ServerLimits.FAIR_CALLS ? "the memory of the scaler is nearly full" : null;
            case CRITICAL -> "the memory of the scaler is full";
        };
    }

    /** Why a call that has its message is not answered, or null if it is. */
    @Nullable
    String refusal() {
        int total = Math.max(all.callsUnderWay.get(), all.evaluations.get());
        int most = Math.min(ServerLimits.CALLS, ServerLimits.CALLS_AND_STREAMS - all.kept.get());
        return total > most && load() > ServerLimits.FAIR_CALLS
                ? "more than " + most + " calls are under way"
                : refusalOfMemory(load());
    }

    /**
     * A message of so many bytes has come whole. Returns why it is not taken, or null if it is. In either case
     * {@link #gives} must follow once it is not needed any more.
     */
    @Nullable
    String takes(int message) {
        long mine = bytes.addAndGet(message);
        return all.bytes.addAndGet(message) > ServerLimits.BYTES && mine > ServerLimits.FAIR_BYTES
                ? "the calls under way have more than " + ServerLimits.BYTES + " bytes of messages"
                : null;
    }

    void gives(int message) {
        bytes.addAndGet(-message);
        all.bytes.addAndGet(-message);
    }

    /** A call was refused because of a limit. */
    void refused(String words) {
        boolean memory = all.pressure() != HeapPressure.Level.NORMAL;
        all.refused(memory ? "memory" : "calls", "a call was refused: " + words);
        refusedLately = true;
        if (!slower) {
            readSlower();
        }
    }

    /** A call has its message and is answered from now on. */
    void evaluates() {
        asked = true;
        evaluations.incrementAndGet();
        all.evaluations.incrementAndGet();
    }

    /** Its answer is there. */
    void evaluated() {
        evaluations.decrementAndGet();
        all.evaluations.decrementAndGet();
    }

    /** Its client did what only a defect or an attack does; who does so too often is left. */
    void strike(String what) {
        strikes++;
        if (strikes == ServerLimits.STRIKES) {
            all.refused("strikes", "a connection was closed for too many " + what);
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
        return is(keptKey, stream);
    }

    private static boolean is(Http2Connection.@Nullable PropertyKey key, Http2Stream stream) {
        return key != null && stream.getProperty(key) != null;
    }

    private void breakOff(Http2Stream stream, String what) {
        Http2ConnectionHandler handler = http2;
        if (handler != null && channel.pipeline().context(handler) != null) {
            all.refused("calls", "calls were broken off: too many " + what);
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

    /** Whoever sends faster than it is answered, or what is refused, is slowed down. */
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

    /** Whoever does not take what it is owed is not read, so that it cannot be owed more. */
    private void readIfWanted() {
        channel.config().setAutoRead(!slower && channel.isWritable());
    }

    /** Breaks off what was under way at the last sweep already: a call that is neither answered nor taken for so long. */
    private void sweep() {
        strikes = 0;
        Http2ConnectionHandler handler = http2;
        if (handler == null) {
            return;
        }
        int before = newestAtSweep;
        newestAtSweep = handler.connection().remote().lastStreamCreated();
        active(stream -> stream.id() <= before && !isKept(stream))
                .forEach(stream -> breakOff(stream, "calls that are neither answered nor taken"));
        channel.flush();
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
