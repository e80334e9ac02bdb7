package io.github.redissessionscaler.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.InternalErrors;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class CallFailuresTest {

    private static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void anUnexpectedErrorOfManyCallsIsLoggedOnceAndCounted() {
        var logger = (Logger) LoggerFactory.getLogger(InternalErrors.class);
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logger.addAppender(appender);
        long before = InternalErrors.counts().getOrDefault("call", 0L);
        try {
            for (int i = 0; i < 1_000; i++) {
                assertThat(StatusMapper.toStatus(new Unexpected()).getStatus().getCode())
                        .isEqualTo(Status.Code.INTERNAL);
            }
        } finally {
            logger.detachAppender(appender);
        }

        assertThat(InternalErrors.counts().get("call")).isEqualTo(before + 1_000);
        assertThat(appender.list).hasSize(1);
    }
}
