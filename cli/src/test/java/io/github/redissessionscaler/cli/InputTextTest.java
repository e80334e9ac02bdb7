package io.github.redissessionscaler.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.redissessionscaler.input.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Text that an option names by a URL. */
final class InputTextTest {

    @Test
    void aResponseThatDoesNotEndIsGivenUp() throws IOException {
        var ended = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            assertThatThrownBy(() -> InputText.request("--from", url, url, Optional.empty(), Duration.ofMillis(300)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("--from: '" + url + "' cannot be read: no complete answer in time");
        } finally {
            ended.countDown();
            server.stop(0);
        }
    }
}
