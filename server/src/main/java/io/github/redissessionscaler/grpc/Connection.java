package io.github.redissessionscaler.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
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

    private volatile boolean idle = true;
    private volatile long lastUsed = System.nanoTime();
    private volatile boolean asked;
    private volatile boolean distrusted;
    private int watches;
    private int strikes;
    private int newestAtSweep;
    private boolean slower;

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

    void close() {
        var _ = channel.close();
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
                        int bytes = data.readableBytes();
                        int taken = super.onDataRead(context, id, data, padding, end);
                        partRead(id, bytes);
                        return taken;
                    }
                });
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
        });
    }

    @Override
    public void onStreamActive(Http2Stream stream) {
        newest = stream;
        waiting++;
        idle = false;
        all.waiting.incrementAndGet();
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
            if (!slower && load() > ServerLimits.CALLS_BEFORE_SLOWER) {
                readSlower();
            }
        }
    }

    /** What has come of a message is kept until it is whole; usually it comes at once. */
    private void partRead(int id, int bytes) {
        Http2ConnectionHandler handler = http2;
        Http2Stream stream = handler == null ? null : handler.connection().stream(id);
        if (handler == null || stream == null || is(messageKey, stream)) {
            forgetPart(id);
            return;
        }
        var _ = parts.merge(id, bytes, Integer::sum);
        bytesOfParts += bytes;
        while (bytesOfParts > ServerLimits.BYTES_OF_PARTS) {
            int oldest = parts.keySet().iterator().next();
            Http2Stream victim = handler.connection().stream(oldest);
            forgetPart(oldest);
            if (victim != null) {
                breakOff(victim, "messages that are not whole");
            }
        }
    }

    private void forgetPart(int id) {
        Integer bytes = parts.remove(id);
        bytesOfParts -= bytes == null ? 0 : bytes;
    }

    /** From now on the stream stays open for as long as its client wants; others bound how many do. */
    void keep(Http2Stream stream) {
        if (keptKey != null && !isKept(stream) && stream.state() != Http2Stream.State.CLOSED) {
            stream.setProperty(keptKey, Boolean.TRUE);
            kept++;
            all.kept.incrementAndGet();
            underWay--;
            all.callsUnderWay.decrementAndGet();
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
        int most = Math.max(ServerLimits.CALLS, ServerLimits.BEGUN_INSTEAD_OF_STREAMS - all.kept.get());
        return all.waiting.get() > most && waiting > ServerLimits.FAIR_CALLS
                ? "more than " + most + " calls wait for their message"
                : null;
    }

    /** Why a call that has its message is not answered, or null if it is. */
    @Nullable
    String refusal() {
        int total = Math.max(all.callsUnderWay.get(), all.evaluations.get());
        return total > ServerLimits.CALLS && load() > ServerLimits.FAIR_CALLS
                ? "more than " + ServerLimits.CALLS + " calls are under way"
                : null;
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
        ChannelHandlerContext context =
                handler == null ? null : channel.pipeline().context(handler);
        if (handler != null && context != null) {
            all.refused("calls", "calls were broken off: too many " + what);
            var _ = handler.resetStream(
                    context, stream.id(), Http2Error.ENHANCE_YOUR_CALM.code(), context.newPromise());
            strike(what);
        }
    }

    /** Whoever sends faster than it is answered is slowed down rather than refused. */
    private void readSlower() {
        slower = true;
        channel.config().setAutoRead(false);
        var _ = channel.eventLoop().schedule(this::readAgain, ServerLimits.SLOWER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void readAgain() {
        if (!channel.isOpen()) {
            return;
        }
        if (load() > ServerLimits.CALLS_BEFORE_SLOWER / 2) {
            channel.read();
            var _ = channel.eventLoop()
                    .schedule(this::readAgain, ServerLimits.SLOWER.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            slower = false;
            channel.config().setAutoRead(true);
        }
    }

    /** Breaks off what was under way at the last sweep already: a call that is neither answered nor taken for so long. */
    private void sweep() {
        strikes = 0;
        Http2ConnectionHandler handler = http2;
        if (handler == null) {
            return;
        }
        List<Http2Stream> old = new ArrayList<>();
        int before = newestAtSweep;
        try {
            var _ = handler.connection().forEachActiveStream(stream -> {
                if (stream.id() <= before && !isKept(stream)) {
                    old.add(stream);
                }
                return true;
            });
        } catch (Http2Exception e) {
            close();
        }
        newestAtSweep = handler.connection().remote().lastStreamCreated();
        old.forEach(stream -> breakOff(stream, "calls that are neither answered nor taken"));
        channel.flush();
    }
}
