package io.github.redissessionscaler.reading;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What is known by key, of the keys that were used last. Thread-safe. */
public final class LeastRecentlyUsed<K, V> {

    private final Map<K, V> entries;

    /**
     * Knows nothing yet.
     *
     * @param most how many are kept, at least 1
     */
    public LeastRecentlyUsed(int most) {
        entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /** What is known of the key; made if need be, by a function that is quick. */
    public synchronized V computeIfAbsent(K key, Function<K, V> make) {
        return entries.computeIfAbsent(key, make);
    }

    /** What is known of the key, if anything is. */
    public synchronized Optional<V> get(K key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** Makes it known; returns whether it was not. */
    public synchronized boolean add(K key, V value) {
        return entries.putIfAbsent(key, value) == null;
    }

    /** Forgets the key; returns whether it was known. */
    public synchronized boolean remove(K key) {
        return entries.remove(key) != null;
    }

    public synchronized boolean isEmpty() {
        return entries.isEmpty();
    }
}
