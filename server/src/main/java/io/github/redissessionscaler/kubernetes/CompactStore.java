package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of the objects of one kind: a small record of each that matters, by namespace and name. An informer writes it; any
 * thread may read it.
 *
 * @param <T> the record
 */
final class CompactStore<T> implements ItemStore<GenericKubernetesResource> {

    /** A bound on memory: about 250 bytes each. */
    static final int MOST = 20_000;

    private static final Logger LOG = LoggerFactory.getLogger(CompactStore.class);

    private final ConcurrentMap<String, T> kept = new ConcurrentHashMap<>();
    private final AtomicBoolean warned = new AtomicBoolean();
    private final String resource;
    private final Function<GenericKubernetesResource, Optional<T>> read;

    /**
     * An empty store.
     *
     * @param resource the plural name of the kind
     * @param read the record of an object; empty if the object does not matter
     */
    CompactStore(String resource, Function<GenericKubernetesResource, Optional<T>> read) {
        this.resource = resource;
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
            kept.remove(key);
        } else if (kept.size() < MOST || kept.containsKey(key)) {
            kept.put(key, value.get());
        } else if (warned.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("resource", resource)
                    .addKeyValue("number", MOST)
                    .log("Too many objects in Kubernetes; the replicas of further ones are estimates");
        }
        return null;
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        kept.remove(key);
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
