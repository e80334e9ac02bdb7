package io.github.redissessionscaler.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.testing.SetClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Failures of token services, and of the threads that ask them. */
final class RenewedTest {

    private static final Instant START = Instant.parse("2026-11-28T04:00:00Z");

    private final SetClock clock = new SetClock(START);
    private final AtomicInteger requests = new AtomicInteger();

    private Renewed<String> renewed(Renewed.TokenService<String> service, Executor threads) {
        return new Renewed<>("identity of a test", service, Duration.ofSeconds(20), clock, threads);
    }

    private Renewed.Issued<String> issued(Duration lifetime) {
        return new Renewed.Issued<>(
                "token-" + requests.incrementAndGet(), clock.instant().plus(lifetime));
    }

    @Test
    void aThreadThatCannotStartIsAFailureAndNotTheEnd() {
        long before = InternalErrors.counts().getOrDefault("identity", 0L);
        var starts = new AtomicInteger();
        Renewed<String> renewed = renewed(() -> issued(Duration.ofHours(1)), task -> {
            if (starts.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
        });

        assertThatThrownBy(renewed::current)
                .isInstanceOf(KeyspaceException.class)
                .hasMessage("identity of a test: no thread can be started");
        clock.advance(Duration.ofSeconds(1));

        assertThat(renewed.current().value()).isEqualTo("token-1");
        assertThat(InternalErrors.counts().get("identity")).isEqualTo(before + 1);
    }

    @Test
    void aTokenThatHasEndedIsAFailureThatIsNotRepeatedForEachCaller() {
        Renewed<String> renewed = renewed(() -> issued(Duration.ofSeconds(5)), Runnable::run);

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(renewed::current)
                    .isInstanceOf(KeyspaceException.class)
                    .hasMessageContaining("the token has ended already; check the clock of this machine");
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void theMessageOfAnUnexpectedErrorIsNeitherPassedOnNorLogged() {
        var logger = (Logger) LoggerFactory.getLogger(InternalErrors.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        Renewed<String> renewed = renewed(
                () -> {
                    throw new IllegalArgumentException("illegal header value: s3cret");
                },
                Runnable::run);

        assertThatThrownBy(renewed::current)
                .hasMessage("identity of a test: unexpected error, IllegalArgumentException")
                .satisfies(thrown -> assertThat(thrown).rootCause().hasMessageNotContaining("s3cret"));
        logger.detachAppender(appender);
        assertThat(appender.list)
                .singleElement()
                .satisfies(line -> assertThat(ThrowableProxyUtil.asString(line.getThrowableProxy()))
                        .contains("unexpected error, IllegalArgumentException", "RenewedTest")
                        .doesNotContain("s3cret"));
    }
}
