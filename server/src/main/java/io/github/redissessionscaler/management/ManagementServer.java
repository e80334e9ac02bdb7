package io.github.redissessionscaler.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** HTTP for whoever watches the scaler: {@code /livez} and {@code /readyz}. Neither asks Redis. */
public final class ManagementServer implements AutoCloseable {

    private final HttpServer server;

    private ManagementServer(HttpServer server) {
        this.server = server;
    }

    /**
     * A server that takes requests.
     *
     * @param ready whether the scaler takes calls
     * @throws UncheckedIOException if the port cannot be had
     */
    public static ManagementServer start(InetSocketAddress address, BooleanSupplier ready, Executor executor) {
        try {
            HttpServer server = HttpServer.create(address, 0);
            server.setExecutor(executor);
            server.createContext("/livez", exchange -> respond(exchange, 200, "ok"));
            server.createContext("/readyz", exchange -> {
                boolean now = ready.getAsBoolean();
                respond(exchange, now ? 200 : 503, now ? "ok" : "not ready");
            });
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

    private static void respond(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
