package io.github.redissessionscaler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.InternalErrors;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The time limit of exchanges. */
final class ExchangeTest {

    private static final Duration TIME = Duration.ofMillis(20);

    /** One thread watches the deadlines of all connections. */
    @Test
    void anErrorAtOneDeadlineIsCountedAndTheOthersAreKept() {
        long before = InternalErrors.counts().getOrDefault("redis deadlines", 0L);
        var closed = new AtomicBoolean();
        var faulty = new Exchange(
                new Socket() {
                    @Override
                    public void close() {
                        throw new AssertionError("of a test");
                    }
                },
                TIME);
        var other = new Exchange(
                new Socket() {
                    @Override
                    public void close() {
                        closed.set(true);
                    }
                },
                TIME);

        faulty.startTime();
        await().until(() -> InternalErrors.counts().getOrDefault("redis deadlines", 0L) > before);
        other.startTime();

        await().untilTrue(closed);
        assertThat(InternalErrors.counts().get("redis deadlines")).isEqualTo(before + 1);
    }
}
