package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the objects that one watch lists: a small record of each that matters, by namespace and name. Each list of an
 * informer removes all others from its store, so that no two watches may share one. An informer writes it; any thread may read it.
 *
 * @param <T> the record
 */
final class CompactStore<T> implements ItemStore<GenericKubernetesResource> {

    private final ConcurrentMap<String, T> kept = new ConcurrentHashMap<>();
    private final StoreBound bound;
    private final Function<GenericKubernetesResource, Optional<T>> read;

    /**
     * An empty store.
     *
     * @param bound shared by all stores of the kind
     * @param read the record of an object; empty if the object does not matter
     */
    CompactStore(StoreBound bound, Function<GenericKubernetesResource, Optional<T>> read) {
        this.bound = bound;
        this.read = read;
    }

    /** The record of an object. */
    Optional<T> find(String namespace, String name) {
        return Optional.ofNullable(kept.get(key(namespace, name)));
    }

    static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return object instanceof KeptObject known
                ? known.key
                : key(object.getMetadata().getNamespace(), object.getMetadata().getName());
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        Optional<T> value = read.apply(object);
        if (value.isEmpty()) {
            discard(key);
        } else if (kept.replace(key, value.get()) == null && bound.tryAdd()) {
            if (kept.put(key, value.get()) != null) {
                bound.remove();
            }
        }
        return null;
    }

    private void discard(String key) {
        if (kept.remove(key) != null) {
            bound.remove();
        }
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        discard(key);
        return null;
    }

    @Override
    public Stream<String> keySet() {
        return kept.keySet().stream();
    }

    /** Only their names: the informer asks for them to remove those that are gone. */
    @Override
    public Stream<GenericKubernetesResource> values() {
        return kept.keySet().stream().map(KeptObject::new);
    }

    @Override
    public int size() {
        return kept.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        return kept.containsKey(key) ? new KeptObject(key) : null;
    }

    @Override
    public boolean isFullState() {
        return false;
    }

    /** Stands for an object of which only a record is kept. */
    private static final class KeptObject extends GenericKubernetesResource {

        private final String key;

        KeptObject(String key) {
            this.key = key;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof KeptObject object && object.key.equals(key);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }
    }
}
