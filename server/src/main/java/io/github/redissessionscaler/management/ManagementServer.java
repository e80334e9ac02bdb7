package io.github.redissessionscaler.management;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.redissessionscaler.problem.InvalidInputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP for whoever watches the scaler: {@code /livez}, {@code /readyz}, {@code /metrics}, and the status page. Nothing can be
 * changed by it, and none of it asks Redis.
 */
public final class ManagementServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private static final String METRICS = "/metrics";

    /** The page is made of files of this server and nothing else; neither does anybody else show it as theirs. */
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

    /** Writes what Prometheus is told, in its text format. */
    public interface Metrics {
        void writeTo(OutputStream out) throws IOException;
    }

    private final HttpServer server;
    private final Map<String, Endpoint> endpoints;
    private final Metrics metrics;

    private ManagementServer(HttpServer server, Map<String, Endpoint> endpoints, Metrics metrics) {
        this.server = server;
        this.endpoints = endpoints;
        this.metrics = metrics;
    }

    /**
     * A server that takes requests.
     *
     * @param ready whether the scaler takes calls
     * @param metrics what Prometheus is told
     * @param page the status page; empty when it is switched off
     * @throws UncheckedIOException if the port cannot be had
     */
    public static ManagementServer start(
            InetSocketAddress address,
            BooleanSupplier ready,
            Metrics metrics,
            Optional<StatusPage> page,
            Executor executor) {
        Map<String, Endpoint> endpoints = new HashMap<>(page.map(StatusPage::endpoints)
                .orElse(Map.of("/", _ -> Response.text(404, "The status page is switched off (STATUS_PAGE)."))));
        endpoints.put("/livez", _ -> Response.text(200, "ok"));
        endpoints.put(
                "/readyz", _ -> ready.getAsBoolean() ? Response.text(200, "ok") : Response.text(503, "not ready"));
        endpoints.put(METRICS, _ -> Response.of(200, PROMETHEUS, ""));
        try {
            var management = new ManagementServer(HttpServer.create(address, 0), Map.copyOf(endpoints), metrics);
            management.server.setExecutor(executor);
            management.server.createContext("/", management::handle);
            management.server.start();
            return management;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean scrape = exchange.getRequestURI().getPath().equals(METRICS)
                    && exchange.getRequestMethod().equals("GET");
            if (scrape) {
                stream(exchange);
            } else {
                send(exchange, answer(exchange));
            }
        }
    }

    /** Metrics as they are made up, compressed where that is understood: of thousands of triggers they are megabytes. */
    private void stream(HttpExchange exchange) throws IOException {
        boolean gzip = exchange.getRequestHeaders().getOrDefault("Accept-Encoding", List.of()).stream()
                .anyMatch(accepted -> accepted.contains("gzip"));
        Headers headers = exchange.getResponseHeaders();
        SECURITY_HEADERS.forEach(headers::set);
        headers.set("Content-Type", PROMETHEUS);
        headers.set("Cache-Control", "no-store");
        if (gzip) {
            headers.set("Content-Encoding", "gzip");
        }
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = new BufferedOutputStream(exchange.getResponseBody());
        try (OutputStream out = gzip ? new GZIPOutputStream(body) : body) {
            metrics.writeTo(out);
        }
    }

    private Response answer(HttpExchange exchange) {
        Endpoint endpoint = endpoints.get(exchange.getRequestURI().getPath());
        if (endpoint == null) {
            return Response.text(404, "There is nothing here.");
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Response.text(405, "Only GET and HEAD are answered here.");
        }
        try {
            String query = exchange.getRequestURI().getRawQuery();
            return endpoint.answer(new Parameters(query == null ? "" : query));
        } catch (InvalidInputException e) {
            return Response.text(400, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("A request failed for a reason that nobody thought of", e);
            return Response.text(500, "The scaler's log says what went wrong.");
        }
    }

    private static void send(HttpExchange exchange, Response response) throws IOException {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        Headers headers = exchange.getResponseHeaders();
        SECURITY_HEADERS.forEach(headers::set);
        headers.set("Content-Type", response.type());
        headers.set("Cache-Control", response.tag().isPresent() ? "no-cache" : "no-store");
        response.tag().ifPresent(tag -> headers.set("ETag", tag));
        String known = exchange.getRequestHeaders().getFirst("If-None-Match");
        if (known != null && response.tag().filter(known::contains).isPresent()) {
            exchange.sendResponseHeaders(304, -1);
        } else if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(response.status(), -1);
        } else {
            exchange.sendResponseHeaders(response.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
