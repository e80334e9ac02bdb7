package io.github.redissessionscaler.management;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.telemetry.Telemetry;
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
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class UnexpectedErrorsTest {

    private static final int REQUESTS = 50;

    private static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void anUnexpectedErrorOfManyRequestsIsLoggedOnceAndCounted() throws Exception {
        var logger = (Logger) LoggerFactory.getLogger(InternalErrors.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        long before = InternalErrors.counts().getOrDefault("management request", 0L);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var telemetry = new Telemetry(InstantSource.system(), Duration.ofSeconds(2));
                var server = ManagementServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        () -> {
                            throw new Unexpected();
                        },
                        _ -> {},
                        Optional.empty(),
                        Set.of(),
                        telemetry,
                        threads);
                var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/readyz"))
                    .build();
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(http.send(request, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(500);
            }
        } finally {
            logger.detachAppender(appender);
        }

        assertThat(InternalErrors.counts().get("management request")).isEqualTo(before + REQUESTS);
        assertThat(appender.list).hasSize(1);
    }
}
