package io.github.redissessionscaler.management;

import static java.util.Objects.requireNonNull;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.telemetry.ScrapeDetail;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The HTTP server for monitoring: {@code /livez}, {@code /readyz}, {@code /metrics} and the status page. It is read-only
 * and sends nothing to Redis.
 */
public final class ManagementServer implements AutoCloseable {

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private static final String METRICS = "/metrics";

    /** Paths that the kubelet requests. */
    private static final Set<String> PROBES = Set.of("/livez", "/readyz");

    /** The page loads files of this server only, and other sites cannot embed it. */
    private static final Map<String, String> SECURITY_HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " require-trusted-types-for 'script'; trusted-types 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cross-Origin-Opener-Policy",
            "same-origin");

    private static final int LONGEST_LINE = 4 * 1024;
    private static final int LARGEST_HEADERS = 8 * 1024;

    private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().daemon().name("management").factory(), NioIoHandler.newFactory());
    private final Map<String, Endpoint> endpoints;
    private final Map<ScrapeDetail, SharedScrapes> scrapes = new EnumMap<>(ScrapeDetail.class);
    private final HostNames hosts;
    private final Semaphore making = new Semaphore(1, true);
    private final Channel channel;

    private ManagementServer(
            InetSocketAddress address,
            Map<String, Endpoint> endpoints,
            Metrics metrics,
            HostNames hosts,
            Telemetry telemetry,
            Executor executor) {
        this.endpoints = endpoints;
        for (ScrapeDetail detail : ScrapeDetail.values()) {
            scrapes.put(detail, new SharedScrapes(out -> writeAlone(metrics, out, detail)));
        }
        this.hosts = hosts;
        var connections = new HttpConnections(telemetry);
        var bootstrap = new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        var connection =
                                new HttpConnection(accepted, connections, ManagementServer.this::answer, executor);
                        connections.admit(connection, accepted);
                        accepted.pipeline()
                                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                                        .setMaxInitialLineLength(LONGEST_LINE)
                                        .setMaxHeaderSize(LARGEST_HEADERS)
                                        .setMaxChunkSize(LARGEST_HEADERS)))
                                .addLast(connection);
                    }
                });
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var _ = threads.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new UncheckedIOException(new IOException(
                    "cannot bind port " + address.getPort() + ": "
                            + bound.cause().getMessage(),
                    bound.cause()));
        }
        channel = bound.channel();
    }

    /** Writes the metrics in the text format of Prometheus. */
    public interface Metrics {
        void writeTo(OutputStream out, ScrapeDetail detail) throws IOException;
    }

    /**
     * Starts a server.
     *
     * @param ready whether the scaler accepts calls
     * @param metrics the content of {@code /metrics}
     * @param page the status page; empty if it is disabled
     * @param hosts accepted host names besides IP addresses and names inside the cluster
     * @param executor starts a thread for each response
     * @throws UncheckedIOException if the port cannot be bound
     */
    public static ManagementServer start(
            InetSocketAddress address,
            BooleanSupplier ready,
            Metrics metrics,
            Optional<StatusPage> page,
            Set<String> hosts,
            Telemetry telemetry,
            Executor executor) {
        Map<String, Endpoint> endpoints = new HashMap<>(page.map(StatusPage::endpoints)
                .orElse(Map.of("/", _ -> Response.text(404, "The status page is disabled (STATUS_PAGE)."))));
        endpoints.put("/livez", _ -> Response.text(200, "ok"));
        endpoints.put(
                "/readyz", _ -> ready.getAsBoolean() ? Response.text(200, "ok") : Response.text(503, "not ready"));
        endpoints.put(METRICS, parameters -> {
            var _ = detail(parameters);
            return Response.of(200, PROMETHEUS, _ -> {});
        });
        return new ManagementServer(address, Map.copyOf(endpoints), metrics, new HostNames(hosts), telemetry, executor);
    }

    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        var _ = channel.close().awaitUninterruptibly();
        var _ = threads.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void answer(HttpRequest request, HttpConnection connection) throws IOException, InterruptedException {
        String[] target = target(request.uri()).split("\\?", 2);
        boolean scrape = target[0].equals(METRICS);
        Response response = response(request, target);
        var headers = new DefaultHttpHeaders();
        SECURITY_HEADERS.forEach(headers::set);
        headers.set(HttpHeaderNames.CONTENT_TYPE, response.type());
        headers.set(HttpHeaderNames.CACHE_CONTROL, response.tag().isPresent() ? "no-cache" : "no-store");
        response.tag().ifPresent(tag -> headers.set(HttpHeaderNames.ETAG, tag));
        if (response.status() == 405) {
            headers.set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        String known = request.headers().get(HttpHeaderNames.IF_NONE_MATCH);
        var status = HttpResponseStatus.valueOf(response.status());
        boolean large = response.status() == 200 && (scrape || target[0].startsWith("/api/"));
        if (known != null && response.tag().filter(known::contains).isPresent()) {
            connection.send(request, HttpResponseStatus.NOT_MODIFIED, headers);
        } else if (large && request.method().equals(HttpMethod.HEAD)) {
            connection.send(request, status, headers);
        } else if (large) {
            Body body = scrape
                    ? requireNonNull(scrapes.get(detail(parameters(target)))).next()
                    : made(response);
            connection.send(request, status, headers, body, takesGzip(request));
        } else {
            var body = new ByteArrayOutputStream();
            response.content().writeTo(body);
            connection.send(request, status, headers, body.toByteArray());
        }
    }

    private void writeAlone(Metrics metrics, OutputStream out, ScrapeDetail detail) throws IOException {
        making.acquireUninterruptibly();
        try {
            metrics.writeTo(out, detail);
        } finally {
            making.release();
        }
    }

    /** Produces one response at a time, to limit the memory that it takes. */
    private Body made(Response response) throws IOException, InterruptedException {
        making.acquire();
        try {
            return Body.of(response.content());
        } finally {
            making.release();
        }
    }

    private static boolean takesGzip(HttpRequest request) {
        return request.headers().getAll(HttpHeaderNames.ACCEPT_ENCODING).stream()
                .anyMatch(accepted -> accepted.contains("gzip"));
    }

    private static RequestParameters parameters(String[] target) {
        return new RequestParameters(target.length == 1 ? "" : target[1]);
    }

    private static ScrapeDetail detail(RequestParameters parameters) {
        ScrapeDetail detail = parameters.take("detail", ScrapeDetail.USUAL, ValueParser.choice(ScrapeDetail.class));
        parameters.end();
        return detail;
    }

    /** The path and query of a request line, without the scheme and host it may have. */
    private static String target(String uri) {
        int scheme = uri.indexOf("://");
        if (scheme < 0 || uri.startsWith("/")) {
            return uri;
        }
        int path = uri.indexOf('/', scheme + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    private Response response(HttpRequest request, String[] target) {
        String path = target[0];
        if (!PROBES.contains(path)) {
            Optional<String> foreign = Optional.ofNullable(request.headers().get(HttpHeaderNames.HOST))
                    .filter(host -> !hosts.contain(host));
            if (foreign.isPresent()) {
                return Response.text(
                        421,
                        "Unknown host name " + Printable.of(foreign.get())
                                + "; to accept it, add it to MANAGEMENT_HOSTS.");
            }
        }
        Endpoint endpoint = endpoints.get(path);
        if (endpoint == null) {
            return Response.text(404, "Not found.");
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return Response.text(405, "Method not allowed; use GET or HEAD.");
        }
        try {
            return endpoint.answer(parameters(target));
        } catch (InvalidInputException e) {
            return Response.text(400, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            InternalErrors.report("management request", e);
            return Response.text(500, "Internal error; see the log of the scaler.");
        }
    }
}
