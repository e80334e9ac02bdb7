package io.github.redissessionscaler.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** HTTP for whoever watches the scaler: {@code /livez}, {@code /readyz}, {@code /metrics}. None of them asks Redis. */
public final class ManagementServer implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;

    private ManagementServer(HttpServer server) {
        this.server = server;
    }

    /**
     * A server that takes requests.
     *
     * @param ready whether the scaler takes calls
     * @param metrics what Prometheus is told, in its text format
     * @throws UncheckedIOException if the port cannot be had
     */
    public static ManagementServer start(
            InetSocketAddress address, BooleanSupplier ready, Supplier<String> metrics, Executor executor) {
        try {
            HttpServer server = HttpServer.create(address, 0);
            server.setExecutor(executor);
            server.createContext("/livez", exchange -> respond(exchange, 200, TEXT, "ok\n"));
            server.createContext("/readyz", exchange -> {
                boolean now = ready.getAsBoolean();
                respond(exchange, now ? 200 : 503, TEXT, now ? "ok\n" : "not ready\n");
            });
            server.createContext("/metrics", exchange -> respond(exchange, 200, PROMETHEUS, metrics.get()));
            server.start();
            return new ManagementServer(server);
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

    private static void respond(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
