package io.github.redissessionscaler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import io.github.redissessionscaler.trigger.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log says of reads that fail. */
final class ReadLogTest {

    private static final Database DATABASE = new Database("default", OptionalInt.empty());
    private static final String ONE = "one read";
    private static final String OTHER = "another read";

    private final Logger logger = (Logger) LoggerFactory.getLogger(ReadLog.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private Instant now = Instant.EPOCH;
    private final ReadLog log = new ReadLog(() -> now);

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
    void tellsOfAnOutageAndOfItsEndOnceForAllReadsOfADatabase() {
        fail(ONE, Reason.TIMEOUT);
        fail(OTHER, Reason.TIMEOUT);
        fail(ONE, Reason.TIMEOUT);
        log.answered(DATABASE, ONE);
        log.answered(DATABASE, OTHER);

        assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
    }

    @Test
    void tellsOfWhatFailsForGoodOnceForEachRead() {
        fail(ONE, Reason.WRONGTYPE);
        fail(OTHER, Reason.WRONGTYPE);
        fail(OTHER, Reason.WRONGTYPE);
        log.answered(DATABASE, ONE);

        assertThat(levels()).containsExactly(Level.WARN, Level.WARN, Level.INFO);
    }

    @Test
    void tellsNoMoreThanOnceInAWhileOfWhatComesAndGoes() {
        for (int i = 0; i < 1000; i++) {
            fail(ONE, Reason.DNS);
            log.answered(DATABASE, OTHER);
        }

        assertThat(levels()).containsExactly(Level.WARN, Level.INFO);
    }

    @Test
    void tellsOfAnOutageThatStaysAfterComingAndGoing() {
        fail(ONE, Reason.DNS);
        log.answered(DATABASE, ONE);
        fail(ONE, Reason.DNS);
        now = now.plus(ReadLog.QUIET).minus(Duration.ofNanos(1));
        fail(ONE, Reason.DNS);
        assertThat(levels()).containsExactly(Level.WARN, Level.INFO);

        now = now.plus(Duration.ofNanos(1));
        fail(ONE, Reason.DNS);
        log.answered(DATABASE, ONE);

        assertThat(levels()).containsExactly(Level.WARN, Level.INFO, Level.WARN, Level.INFO);
    }

    private void fail(String read, Reason reason) {
        log.failed(DATABASE, read, new KeyspaceException(reason, "as the test wants it"));
    }

    private List<Level> levels() {
        return appender.list.stream().map(ILoggingEvent::getLevel).toList();
    }
}
