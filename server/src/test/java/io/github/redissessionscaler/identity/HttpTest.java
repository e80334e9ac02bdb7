package io.github.redissessionscaler.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class HttpTest {

    /** A reply that never ends, of which a byte comes every few milliseconds. */
    @Test
    void aReplyThatTricklesEnds() throws Exception {
        var ended = new CountDownLatch(1);
        try (var service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> trickle(service, ended));

            assertThatThrownBy(() -> Http.send(
                            "GET",
                            URI.create("http://127.0.0.1:" + service.getLocalPort() + "/token"),
                            Map.of(),
                            Optional.empty(),
                            Duration.ofMillis(300)))
                    .isInstanceOf(TokenException.class)
                    .hasMessage("127.0.0.1:%d did not answer completely within 300 ms", service.getLocalPort());
            assertThat(ended.await(20, TimeUnit.SECONDS))
                    .as("the connection is closed")
                    .isTrue();
        }
    }

    private static void trickle(ServerSocket service, CountDownLatch ended) {
        try (Socket client = service.accept()) {
            var out = client.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n".getBytes(US_ASCII));
            while (!ended.await(5, TimeUnit.MILLISECONDS)) {
                out.write('x');
            }
        } catch (IOException e) {
            ended.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
