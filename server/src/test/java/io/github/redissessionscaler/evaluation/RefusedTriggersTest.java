package io.github.redissessionscaler.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.evaluation.RefusedTriggers.RefusedTrigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is logged and remembered of triggers that are refused. */
final class RefusedTriggersTest {

    private static final Duration MOMENT = Duration.ofNanos(1);

    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusedTriggers.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private Instant now = Instant.EPOCH;
    private final RefusedTriggers refused = new RefusedTriggers(() -> now);

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
    void aReasonIsLoggedOnceForEachScaledObjectAndWhenItChanges() {
        for (int poll = 0; poll < 3; poll++) {
            refused.refused("shop", "web", "sesionSize: is not a known key");
            refused.refused("shop", "api", "sesionSize: is not a known key");
        }
        refused.refused("shop", "web", "headroom: '-5' is not a number");

        assertThat(messages())
                .containsExactly(
                        "Trigger refused: sesionSize: is not a known key",
                        "Trigger refused: sesionSize: is not a known key",
                        "Trigger refused: headroom: '-5' is not a number");
        assertThat(appender.list).allSatisfy(line -> assertThat(line.getLevel()).isEqualTo(Level.WARN));
        assertThat(appender.list.get(1).getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .containsExactly("namespace=shop", "scaledObject=api");
    }

    @Test
    void twoBadTriggersOfAScaledObjectAreLoggedOnceEach() {
        for (int poll = 0; poll < 10; poll++) {
            refused.refused("shop", "web", "one");
            refused.refused("shop", "web", "other");
        }

        assertThat(messages()).containsExactly("Trigger refused: one", "Trigger refused: other");
    }

    @Test
    void aRefusalIsForgottenWhenItIsNotRepeated() {
        refused.refused("shop", "web", "one");
        now = now.plus(RefusedTriggers.FORGOTTEN_AFTER);
        assertThat(refused.count()).isEqualTo(1);

        now = now.plus(MOMENT);
        assertThat(refused.count()).isZero();
        assertThat(refused.lately()).isEmpty();

        refused.refused("shop", "web", "one");
        assertThat(messages()).containsExactly("Trigger refused: one", "Trigger refused: one");
    }

    @Test
    void theLatestRefusalIsTheFirstOfTheList() {
        refused.refused("shop", "web", "one");
        now = now.plusSeconds(1);
        refused.refused("shop", "api", "other");
        now = now.plusSeconds(1);
        refused.refused("shop", "web", "one");

        assertThat(refused.lately())
                .containsExactly(
                        new RefusedTrigger("shop", "web", "one", Instant.EPOCH, now),
                        new RefusedTrigger(
                                "shop", "api", "other", Instant.EPOCH.plusSeconds(1), Instant.EPOCH.plusSeconds(1)));
    }

    @Test
    void aFloodFillsNeitherTheLogNorTheMemory() {
        for (int i = 0; i < 10 * RefusedTriggers.MOST; i++) {
            refused.refused("shop", "web-" + i, "x".repeat(10_000));
        }

        assertThat(refused.count()).isEqualTo(RefusedTriggers.MOST);
        assertThat(refused.lately().getFirst().reason()).hasSize(RefusedTriggers.LONGEST_REASON);
        assertThat(messages()).hasSize(LogLimit.MOST + 1);
        assertThat(messages().getLast()).startsWith("Too many refused triggers");

        appender.list.clear();
        now = now.plus(LogLimit.WITHIN);
        refused.refused("shop", "web", "one");
        assertThat(messages()).containsExactly("More refused triggers were not logged", "Trigger refused: one");
        assertThat(appender.list.getFirst().getKeyValuePairs())
                .extracting(pair -> pair.value)
                .containsExactly(10L * RefusedTriggers.MOST - LogLimit.MOST);
    }

    private List<String> messages() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
