package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.keyspace.KeyspaceEvents;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts keyspace events and interruptions of their subscriptions. Thread-safe. */
final class CountedEvents implements KeyspaceEvents.Listener {

    private final AtomicInteger events = new AtomicInteger();
    private final AtomicInteger interruptions = new AtomicInteger();

    @Override
    public void event() {
        events.incrementAndGet();
    }

    @Override
    public void interrupted() {
        interruptions.incrementAndGet();
    }

    int events() {
        return events.get();
    }

    int interruptions() {
        return interruptions.get();
    }
}
