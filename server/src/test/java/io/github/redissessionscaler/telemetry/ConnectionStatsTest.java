package io.github.redissessionscaler.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.telemetry.ConnectionSnapshot.LastOutage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

final class ConnectionStatsTest {

    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    private final Semaphore firstHasEnded = new Semaphore(0);
    private final List<Thread> others = new CopyOnWriteArrayList<>();
    private final Set<Thread> askedOnce = ConcurrentHashMap.newKeySet();
    private volatile Instant now = BEGIN;
    private volatile boolean together;
    private final ConnectionStats stats = new ConnectionStats("sessions", new SimpleMeterRegistry(), this::now);

    @Test
    void readsThatSucceedTogetherAfterAnOutageRecordItOnce() throws InterruptedException {
        stats.failed("TIMEOUT", "no answer", false);
        now = BEGIN.plusSeconds(60);

        together = true;
        stats.answered();
        for (Thread other : others) {
            firstHasEnded.release();
            other.join();
        }

        assertThat(stats.snapshot().lastOutage()).hasValue(new LastOutage("TIMEOUT", BEGIN, now));
    }

    /** While the first read asks for the time, another one succeeds; if it can ask twice, it ends after the first. */
    private Instant now() {
        if (!together) {
            return now;
        }
        if (others.contains(Thread.currentThread())) {
            if (!askedOnce.add(Thread.currentThread())) {
                firstHasEnded.acquireUninterruptibly();
            }
            return now;
        }
        Thread other = Thread.ofPlatform().unstarted(stats::answered);
        others.add(other);
        other.start();
        await().until(() -> EnumSet.of(Thread.State.WAITING, Thread.State.BLOCKED, Thread.State.TERMINATED)
                .contains(other.getState()));
        return now;
    }
}
