package io.github.redissessionscaler.management;

import io.github.redissessionscaler.background.InternalErrors;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One client of the management port. It handles one request at a time, each with time limits. If the client sends another
 * before the response, that is dropped, and the connection is closed after the response. Netty's thread reads; each response is
 * produced and written on a thread of its own, which waits for the client.
 */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {

    /** Time limit for receiving a request, from its first byte to its last. */
    static final Duration REQUEST = Duration.ofSeconds(5);

    /** How long an idle connection stays open. */
    static final Duration IDLE = Duration.ofSeconds(75);

    /** Time limit for the client to read a response. */
    static final Duration ANSWER = Duration.ofMinutes(1);

    /** Time limit for producing a response, including the wait for earlier ones. */
    static final Duration MAKING = Duration.ofSeconds(30);

    private static final int PART = 32 * 1024;

    /** Handles a request; blocks. */
    interface Handler {
        void answer(HttpRequest request, HttpConnection connection) throws IOException, InterruptedException;
    }

    private final HttpConnections all;
    private final Handler handler;
    private final Executor executor;
    private final Channel channel;
    private volatile long since = System.nanoTime();
    private volatile boolean answering;

    /** The thread that produces the response. Each response has its own, so that it can be interrupted. */
    private final AtomicReference<@Nullable Thread> worker = new AtomicReference<>();

    private @Nullable HttpRequest request;
    private boolean body;

    /** Whether the client sent more before its response. */
    private boolean more;

    private @Nullable Future<?> timeout;

    HttpConnection(Channel channel, HttpConnections all, Handler handler, Executor executor) {
        this.channel = channel;
        this.all = all;
        this.handler = handler;
        this.executor = executor;
    }

    /** Since when it has waited for a request, or for its client to read, as {@link System#nanoTime}. */
    long since() {
        return since;
    }

    boolean isAnswering() {
        return answering;
    }

    void leave() {
        var _ = channel.close();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        closeAfter(REQUEST);
        context.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (answering) {
            more = true;
            return;
        }
        if (part.decoderResult().isFailure()) {
            body = true;
            answer(HttpResponseStatus.BAD_REQUEST);
            return;
        }
        if (part instanceof HttpRequest begun) {
            request = begun;
            body = false;
            closeAfter(REQUEST);
        }
        if (part instanceof LastHttpContent last) {
            body |= last.content().isReadable();
            HttpRequest whole = request;
            request = null;
            if (whole != null) {
                channel.config().setAutoRead(false);
                answer(whole);
            }
        } else if (part instanceof HttpContent) {
            body = true;
        }
    }

    private void answer(HttpRequest whole) {
        answering = true;
        since = System.nanoTime();
        closeAfter(MAKING);
        if (!all.mayMake()) {
            leave();
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    handle(whole);
                } finally {
                    all.made();
                }
            });
        } catch (RejectedExecutionException e) {
            all.made();
            leave();
        } catch (Throwable e) {
            InternalErrors.report("management request", e);
            all.made();
            leave();
        }
    }

    private void handle(HttpRequest whole) {
        worker.set(Thread.currentThread());
        try {
            if (channel.isOpen()) {
                handler.answer(whole, this);
            }
        } catch (IOException | RejectedExecutionException e) {
            // the client has disconnected, or the server is closing
            var _ = channel.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var _ = channel.close();
        } catch (Throwable e) {
            InternalErrors.report("management request", e);
            var _ = channel.close();
        } finally {
            worker.set(null);
        }
    }

    /** Refuses a malformed or too large request. */
    private void answer(HttpResponseStatus status) {
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0).set(HttpHeaderNames.CONNECTION, "close");
        var _ = channel.write(response);
        var _ = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
    }

    /** Sends a response that never has a body, without the length of the body that was not made. */
    void send(HttpRequest whole, HttpResponseStatus status, HttpHeaders headers)
            throws IOException, InterruptedException {
        send(response(whole, status, headers), LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Sends a response with a small body, which may be empty; after HEAD, only its length. */
    void send(HttpRequest whole, HttpResponseStatus status, HttpHeaders headers, byte[] bytes)
            throws IOException, InterruptedException {
        HttpResponse response = response(whole, status, headers);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, bytes.length);
        send(
                response,
                bytes.length == 0 || whole.method().equals(HttpMethod.HEAD)
                        ? LastHttpContent.EMPTY_LAST_CONTENT
                        : new DefaultLastHttpContent(Unpooled.wrappedBuffer(bytes)));
    }

    private void send(HttpResponse response, LastHttpContent content) throws IOException, InterruptedException {
        var _ = channel.write(response);
        await(channel.writeAndFlush(content));
        next(response);
    }

    /** Sends a response in parts, as fast as the client reads. */
    void send(HttpRequest whole, HttpResponseStatus status, HttpHeaders headers, Body content, boolean compressed)
            throws IOException, InterruptedException {
        HttpResponse response = response(whole, status, headers);
        boolean chunked = whole.protocolVersion().isKeepAliveDefault();
        if (compressed) {
            response.headers().set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.size());
        } else if (chunked) {
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else {
            HttpUtil.setKeepAlive(response, false);
        }
        sending();
        all.addUnsent(this, content);
        try (InputStream in = compressed ? content.compressed() : content.plain()) {
            var _ = channel.write(response);
            byte[] part = new byte[PART];
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                ByteBuf bytes = channel.alloc().buffer(read).writeBytes(part, 0, read);
                await(channel.writeAndFlush(new DefaultHttpContent(bytes)));
            }
            await(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
        } finally {
            all.removeUnsent(this);
        }
        next(response);
    }

    /** The response is ready; the time limit for reading it starts. */
    private void sending() {
        since = System.nanoTime();
        channel.eventLoop().execute(() -> closeAfter(ANSWER));
    }

    private HttpResponse response(HttpRequest whole, HttpResponseStatus status, HttpHeaders headers) {
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers);
        HttpUtil.setKeepAlive(response, HttpUtil.isKeepAlive(whole) && !body);
        return response;
    }

    private static void await(ChannelFuture written) throws IOException, InterruptedException {
        written.await();
        if (!written.isSuccess()) {
            throw new IOException("the client has disconnected", written.cause());
        }
    }

    /** Waits for the next request, if the connection is kept alive. */
    private void next(HttpResponse response) {
        if (!HttpUtil.isKeepAlive(response)) {
            var _ = channel.close();
            return;
        }
        channel.eventLoop().execute(() -> {
            if (more) {
                leave();
                return;
            }
            answering = false;
            since = System.nanoTime();
            closeAfter(IDLE);
            channel.config().setAutoRead(true);
        });
    }

    private void closeAfter(Duration time) {
        Future<?> before = timeout;
        if (before != null) {
            before.cancel(false);
        }
        timeout = channel.eventLoop().schedule(this::leave, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Future<?> last = timeout;
        if (last != null) {
            last.cancel(false);
        }
        Thread working = worker.get();
        if (working != null) {
            working.interrupt();
        }
        context.fireChannelInactive();
    }

    /** Clients that disconnect are not logged. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = channel.close();
    }
}
