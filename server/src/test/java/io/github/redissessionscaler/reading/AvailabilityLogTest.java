package io.github.redissessionscaler.reading;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What the log says of reads that fail. */
final class AvailabilityLogTest {

    private static final Database DATABASE = new Database("default", OptionalInt.empty());

    private final Logger logger = (Logger) LoggerFactory.getLogger(AvailabilityLog.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private Instant now = Instant.EPOCH;
    private final AvailabilityLog log = new AvailabilityLog(() -> now);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void logsAnOutageAndItsEndOnceForAllReadsOfADatabase() {
        fail(Reason.TIMEOUT);
        fail(Reason.UNREACHABLE);
        fail(Reason.TIMEOUT);
        log.answered(DATABASE);
        log.answered(DATABASE);

        assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
        assertThat(appender.list.getFirst().getMessage()).startsWith("Redis is unavailable");
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void saysThatRedisDoesNotAnswerOnlyWhereThatIsSo(Reason reason) {
        fail(reason);

        switch (reason) {
            case NOPERM, WRONGTYPE, NOT_A_NUMBER, UNSUPPORTED, OTHER, NOT_COUNTED, INTERNAL ->
                assertThat(levels()).isEmpty();
            case NOAUTH, WRONGPASS ->
                assertThat(appender.list.getFirst().getMessage()).startsWith("Redis refuses the scaler's credentials");
            default -> assertThat(appender.list.getFirst().getMessage()).startsWith("Redis is unavailable");
        }
    }

    @Test
    void logsRepeatedShortOutagesOnlyOnceInAWhile() {
        for (int i = 0; i < 1000; i++) {
            fail(Reason.DNS);
            log.answered(DATABASE);
        }

        assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
    }

    @Test
    void logsAnOutageThatLastsAfterShortOnes() {
        fail(Reason.DNS);
        log.answered(DATABASE);
        fail(Reason.DNS);
        now = now.plus(AvailabilityLog.QUIET).minus(Duration.ofNanos(1));
        fail(Reason.DNS);
        assertThat(levels()).containsExactly(Level.WARN, Level.INFO);

        now = now.plus(Duration.ofNanos(1));
        fail(Reason.DNS);
        log.answered(DATABASE);

        assertThat(levels()).containsExactly(Level.WARN, Level.INFO, Level.WARN, Level.INFO);
    }

    private void fail(Reason reason) {
        log.failed(DATABASE, new KeyspaceException(reason, "as the test wants it"));
    }

    private List<Level> levels() {
        return appender.list.stream().map(ILoggingEvent::getLevel).toList();
    }
}
