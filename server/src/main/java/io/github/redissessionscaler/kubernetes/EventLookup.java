package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.observed.ObservedEvent;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The events of the ScaledObjects that somebody looks at. They are read when asked for, and not watched: a cluster has far more
 * events than other objects. Thread-safe.
 */
final class EventLookup {

    private static final Duration REFRESHED_AFTER = Duration.ofSeconds(10);

    /** ScaledObjects whose events are kept. */
    private static final int MOST = 64;

    /** Events of a page. */
    static final long PAGE = 100;

    /** Pages that are read of each object. The API returns events by name, so that the latest may be on any page. */
    static final int MOST_PAGES = 10;

    /** Events of each that are kept. */
    private static final int MOST_KEPT = 20;

    private static final ResourceDefinitionContext EVENT = new ResourceDefinitionContext.Builder()
            .withVersion("v1")
            .withKind("Event")
            .withPlural("events")
            .withNamespaced(true)
            .build();

    /** What was read, and when it was asked for. */
    private record Looked(Instant at, List<ObservedEvent> events) {}

    private final Background background;
    private final InstantSource clock;
    private final LinkedHashMap<String, Looked> looked = new LinkedHashMap<>();
    private volatile Optional<String> problem = Optional.empty();

    EventLookup(Background background, InstantSource clock) {
        this.background = background;
        this.clock = clock;
    }

    /** Why the last events could not be read, if so. */
    Optional<String> problem() {
        return problem;
    }

    /** The events that were read last, the latest first. Starts a further read if they are old. */
    List<ObservedEvent> of(KubernetesClient client, String namespace, String scaledObject, Optional<String> hpa) {
        Instant now = clock.instant();
        String key = CompactStore.key(namespace, scaledObject);
        List<ObservedEvent> known;
        synchronized (looked) {
            Looked last = looked.remove(key);
            if (last != null && !last.at().plus(REFRESHED_AFTER).isBefore(now)) {
                looked.put(key, last);
                return last.events();
            }
            known = last == null ? List.of() : last.events();
            looked.put(key, new Looked(now, known));
            if (looked.size() > MOST) {
                looked.pollFirstEntry();
            }
        }
        background.start("reading events of Kubernetes", () -> read(client, namespace, scaledObject, hpa, key, now));
        return known;
    }

    private void read(
            KubernetesClient client,
            String namespace,
            String scaledObject,
            Optional<String> hpa,
            String key,
            Instant now) {
        try {
            List<ObservedEvent> found = new ArrayList<>(about(client, namespace, "ScaledObject", scaledObject));
            hpa.ifPresent(name -> found.addAll(about(client, namespace, "HorizontalPodAutoscaler", name)));
            List<ObservedEvent> latest = latest(found);
            synchronized (looked) {
                looked.computeIfPresent(key, (_, _) -> new Looked(now, latest));
            }
            problem = Optional.empty();
        } catch (KubernetesClientException | UncheckedIOException e) {
            problem = Optional.of(ApiProblem.describe(e, EVENT.getPlural()));
        }
    }

    private static List<ObservedEvent> about(KubernetesClient client, String namespace, String kind, String name) {
        var objects = client.genericKubernetesResources(EVENT)
                .inNamespace(namespace)
                .withField("involvedObject.kind", kind)
                .withField("involvedObject.name", name);
        List<ObservedEvent> found = List.of();
        var options = new ListOptionsBuilder().withLimit(PAGE);
        for (int page = 0; page < MOST_PAGES; page++) {
            GenericKubernetesResourceList list = objects.list(options.build());
            Stream<ObservedEvent> read = list.getItems().stream().flatMap(event -> ObjectReader.event(event).stream());
            found = latest(Stream.concat(found.stream(), read).toList());
            Optional<String> next =
                    Optional.ofNullable(list.getMetadata().getContinue()).filter(token -> !token.isEmpty());
            if (next.isEmpty()) {
                break;
            }
            options.withContinue(next.get());
        }
        return found;
    }

    private static List<ObservedEvent> latest(List<ObservedEvent> events) {
        return events.stream()
                .sorted(Comparator.comparing(ObservedEvent::at).reversed())
                .limit(MOST_KEPT)
                .toList();
    }
}
