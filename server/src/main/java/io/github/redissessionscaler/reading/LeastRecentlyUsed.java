package io.github.redissessionscaler.reading;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A bounded map that evicts the least recently used entry. Thread-safe. */
public final class LeastRecentlyUsed<K, V> {

    private final Map<K, V> entries;

    /**
     * An empty map.
     *
     * @param most how many entries are kept, at least 1
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

    /** The value of the key, created if absent. The function must be fast. */
    public synchronized V computeIfAbsent(K key, Function<K, V> make) {
        return entries.computeIfAbsent(key, make);
    }

    public synchronized Optional<V> get(K key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** Returns whether the key was absent. */
    public synchronized boolean add(K key, V value) {
        return entries.putIfAbsent(key, value) == null;
    }

    /** Returns whether the key was present. */
    public synchronized boolean remove(K key) {
        return entries.remove(key) != null;
    }

    public synchronized boolean isEmpty() {
        return entries.isEmpty();
    }
}
