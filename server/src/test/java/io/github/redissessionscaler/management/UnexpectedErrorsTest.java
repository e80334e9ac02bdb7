package io.github.redissessionscaler.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class UnexpectedErrorsTest {

    private static final int REQUESTS = 50;

    /** More than the requests that may be answered at a time. */
    private static final int MANY_REQUESTS = 300;

    private static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Logger logger = (Logger) LoggerFactory.getLogger(InternalErrors.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Telemetry telemetry = new Telemetry(InstantSource.system(), Duration.ofSeconds(2));
    private final HttpClient http = HttpClient.newHttpClient();
    private final long before = counted();

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void close() {
        logger.detachAppender(appender);
        http.close();
        telemetry.close();
        threads.close();
    }

    @Test
    void anUnexpectedErrorOfManyRequestsIsLoggedOnceAndCounted() throws Exception {
        try (var server = server(threads)) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(status(server, "/readyz")).isEqualTo(500);
            }
        }

        assertThat(counted()).isEqualTo(before + REQUESTS);
        assertThat(appender.list).hasSize(1);
    }

    @Test
    void anErrorWhileABodyIsMadeIsCountedAndEndsTheConnection() {
        try (var server = server(threads)) {
            assertThatThrownBy(() -> status(server, "/metrics")).isInstanceOf(IOException.class);
        }

        assertThat(counted()).isGreaterThan(before);
    }

    @Test
    void requestsAreAnsweredAgainAfterThreadsCouldNotStart() throws Exception {
        var left = new AtomicInteger(MANY_REQUESTS);
        Executor failing = task -> {
            if (left.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            threads.execute(task);
        };
        try (var server = server(failing)) {
            while (left.get() > 0) {
                // the client itself repeats a request whose connection is closed without a response
                var _ = catchThrowable(() -> status(server, "/livez"));
            }
            assertThat(status(server, "/livez")).isEqualTo(200);
        }

        assertThat(counted()).isEqualTo(before + MANY_REQUESTS);
    }

    /** Whose readiness is a RuntimeException, and whose metrics are an Error. */
    private ManagementServer server(Executor executor) {
        return ManagementServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> {
                    throw new Unexpected();
                },
                (_, _) -> {
                    throw new AssertionError("of a test");
                },
                Optional.empty(),
                Set.of(),
                telemetry,
                executor);
    }

    private int status(ManagementServer server, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .build();
        return http.send(request, BodyHandlers.ofString()).statusCode();
    }

    private static long counted() {
        return InternalErrors.counts().getOrDefault("management request", 0L);
    }
}
