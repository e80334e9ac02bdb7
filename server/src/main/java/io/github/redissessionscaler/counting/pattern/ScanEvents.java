package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.trigger.Database;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Publishes the end of full scans. Thread-safe. */
public final class ScanEvents {

    private final List<Consumer<Database>> listeners = new CopyOnWriteArrayList<>();

    /** Adds a listener, which is called on the scanning thread and must not block. */
    public void subscribe(Consumer<Database> listener) {
        listeners.add(listener);
    }

    /** A full scan of the database has ended, whether it succeeded or not. */
    public void publish(Database database) {
        listeners.forEach(listener -> listener.accept(database));
    }
}
