package io.github.redissessionscaler.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A stand-in for the token service of a cloud, on loopback. It answers as the test wants and records what it was asked. */
public final class TokenServer implements AutoCloseable {

    /**
     * A request.
     *
     * @param path with the query
     * @param headers in lower case, the first value of each
     */
    public record TokenRequest(String method, String path, Map<String, String> headers, String body) {}

    /** A reply with this status. */
    public record TokenReply(int status, String body) {}

    private final HttpServer server;
    private final List<TokenRequest> requests = new CopyOnWriteArrayList<>();
    private volatile Function<TokenRequest, TokenReply> answers;

    private TokenServer(Function<TokenRequest, TokenReply> answers) {
        this.answers = answers;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
            var request = new TokenRequest(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    headers,
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            requests.add(request);
            TokenReply reply = this.answers.apply(request);
            byte[] body = reply.body().getBytes(UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
    }

    public static TokenServer start(Function<TokenRequest, TokenReply> answers) {
        return new TokenServer(answers);
    }

    /** From now on it answers so. */
    public void answer(Function<TokenRequest, TokenReply> newAnswers) {
        answers = newAnswers;
    }

    public String url() {
        return "http://" + host();
    }

    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** All requests so far. */
    public List<TokenRequest> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
