package io.github.redissessionscaler.observed;

import java.util.List;
import java.util.Optional;

/** What is known from the Kubernetes API. Implementations must be thread-safe and must not block. */
public interface Observations extends AutoCloseable {

    /** For a scaler that does not read the API. */
    Observations NONE = new Observations() {
        @Override
        public Optional<Observation> of(String namespace, String scaledObject) {
            return Optional.empty();
        }

        @Override
        public List<ObservedEvent> events(String namespace, String scaledObject) {
            return List.of();
        }

        @Override
        public List<ApiAccess> access() {
            return List.of();
        }
    };

    /** What is known of a ScaledObject and its HPA; empty if nothing is, or if it may be outdated. */
    Optional<Observation> of(String namespace, String scaledObject);

    /**
     * The last events of a ScaledObject and its HPA, the latest first. They are read in the background after a call, so the first
     * result is empty, and later ones are some seconds old.
     */
    List<ObservedEvent> events(String namespace, String scaledObject);

    /** Whether the API can be read, for each kind of object; empty if the scaler does not read it. */
    List<ApiAccess> access();

    /** Stops reading the API. */
    @Override
    default void close() {}
}
