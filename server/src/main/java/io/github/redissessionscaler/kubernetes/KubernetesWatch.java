package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.config.KubernetesAccess;
import io.github.redissessionscaler.kubernetes.ObjectReader.OwnedHpa;
import io.github.redissessionscaler.kubernetes.ResourceWatch.AccessState;
import io.github.redissessionscaler.observed.ApiAccess;
import io.github.redissessionscaler.observed.ApiAccess.ApiState;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.Observations;
import io.github.redissessionscaler.observed.ObservedEvent;
import io.github.redissessionscaler.observed.ScaledObjectObservation;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the HPAs and ScaledObjects of a cluster. A failing API is logged once, and tried again; then what was known before is
 * used for a minute. Thread-safe.
 */
public final class KubernetesWatch implements Observations {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesWatch.class);

    private static final Duration CHECK_EVERY = Duration.ofSeconds(5);

    /** How long the API fails until the connections and the files of the credentials are opened anew. */
    private static final Duration RECONNECT_AFTER = Duration.ofMinutes(1);

    private static final ResourceDefinitionContext HPA = new ResourceDefinitionContext.Builder()
            .withGroup("autoscaling")
            .withVersion("v2")
            .withKind("HorizontalPodAutoscaler")
            .withPlural("horizontalpodautoscalers")
            .withNamespaced(true)
            .build();

    private static final ResourceDefinitionContext SCALED_OBJECT = new ResourceDefinitionContext.Builder()
            .withGroup("keda.sh")
            .withVersion("v1alpha1")
            .withKind("ScaledObject")
            .withPlural("scaledobjects")
            .withNamespaced(true)
            .build();

    private final KubernetesAccess config;
    private final Background background;
    private final InstantSource clock;
    private final ObjectReader reader = new ObjectReader();
    private final CompactStore<HpaObservation> hpas = new CompactStore<>(HPA.getPlural(), this::read);
    private final CompactStore<ScaledObjectObservation> scaledObjects =
            new CompactStore<>(SCALED_OBJECT.getPlural(), reader::scaledObject);

    /** The names of HPAs that are not those that KEDA chooses, by ScaledObject. */
    private final ConcurrentMap<String, String> otherNames = new ConcurrentHashMap<>();

    private final EventLookup events;
    private final LogLimit lines;
    private final Map<String, String> logged = new HashMap<>();
    private final Future<?> checks;
    private volatile @Nullable KubernetesClient client;
    private volatile List<ResourceWatch> watches = List.of();
    private volatile AccessState connecting;
    private Instant connected = Instant.MIN;
    private volatile boolean closed;

    private KubernetesWatch(KubernetesAccess config, Background background, InstantSource clock, Duration checkEvery) {
        this.config = config;
        this.background = background;
        this.clock = clock;
        this.events = new EventLookup(background, clock);
        this.lines = new LogLimit(LOG, "lines about the Kubernetes API", clock);
        this.connecting = new AccessState(ApiState.STARTING, clock.instant(), Optional.empty());
        background.start("watching Kubernetes", this::check);
        this.checks = background.every("watching Kubernetes", checkEvery, this::check);
    }

    /** Starts to watch, in the background. */
    public static KubernetesWatch start(KubernetesAccess config, Background background, InstantSource clock) {
        return start(config, background, clock, CHECK_EVERY);
    }

    /**
     * Starts to watch.
     *
     * @param checkEvery interval for testing whether the API answers
     */
    static KubernetesWatch start(
            KubernetesAccess config, Background background, InstantSource clock, Duration checkEvery) {
        return new KubernetesWatch(config, background, clock, checkEvery);
    }

    private Optional<HpaObservation> read(GenericKubernetesResource object) {
        Optional<OwnedHpa> owned = reader.hpa(object);
        owned.ifPresent(one -> {
            String name = one.hpa().name();
            if (!name.equals(nameByKeda(one.owner())) && otherNames.size() < CompactStore.MOST) {
                otherNames.put(CompactStore.key(object.getMetadata().getNamespace(), one.owner()), name);
            }
        });
        return owned.map(OwnedHpa::hpa);
    }

    private static String nameByKeda(String scaledObject) {
        return "keda-hpa-" + scaledObject;
    }

    private synchronized void check() {
        if (closed) {
            return;
        }
        if (watches.isEmpty() || isStuck()) {
            connect();
        }
        watches.forEach(ResourceWatch::check);
        access().forEach(this::log);
    }

    /** Whether something has failed for so long that a new connection may help. */
    private boolean isStuck() {
        Instant before = clock.instant().minus(RECONNECT_AFTER);
        return connected.isBefore(before)
                && watches.stream()
                        .map(ResourceWatch::access)
                        .anyMatch(access -> access.state() == ApiState.DOWN
                                && access.since().isBefore(before));
    }

    private void connect() {
        Map<String, AccessState> before = new HashMap<>();
        watches.forEach(watch -> before.put(watch.name(), watch.access()));
        disconnect();
        connected = clock.instant();
        try {
            KubernetesClient made = ApiClient.of(config, background.executor("watching Kubernetes"));
            client = made;
            if (closed) {
                disconnect();
                return;
            }
            watches = places().flatMap(namespace -> Stream.of(
                            watch(made, HPA, namespace, hpas, before),
                            watch(made, SCALED_OBJECT, namespace, scaledObjects, before)))
                    .toList();
        } catch (KubernetesClientException | UncheckedIOException | IllegalArgumentException e) {
            Instant since = connecting.state() == ApiState.DOWN ? connecting.since() : clock.instant();
            connecting = new AccessState(ApiState.DOWN, since, Optional.of(ApiProblem.describe(e, "objects")));
            disconnect();
        }
    }

    private ResourceWatch watch(
            KubernetesClient made,
            ResourceDefinitionContext kind,
            Optional<String> namespace,
            CompactStore<?> store,
            Map<String, AccessState> before) {
        return new ResourceWatch(
                made,
                kind,
                namespace,
                store,
                clock,
                Optional.ofNullable(before.get(ResourceWatch.name(kind.getPlural(), namespace))));
    }

    /** The namespaces to watch; an empty one for all. */
    private Stream<Optional<String>> places() {
        return config.namespaces().isEmpty()
                ? Stream.of(Optional.empty())
                : config.namespaces().stream().sorted().map(Optional::of);
    }

    private void disconnect() {
        watches.forEach(ResourceWatch::close);
        watches = List.of();
        KubernetesClient old = client;
        client = null;
        if (old != null) {
            old.close();
        }
    }

    private void log(ApiAccess access) {
        String problem = access.problem().orElse("");
        String before = logged.put(access.resource(), access.state() == ApiState.STARTING ? "starting" : problem);
        if (problem.equals(before) || access.state() == ApiState.STARTING) {
            return;
        }
        if (access.state() == ApiState.DOWN) {
            lines.log(() -> LOG.atWarn()
                    .addKeyValue("resource", access.resource())
                    .log("Cannot read the Kubernetes API; trying again: {}", problem));
        } else {
            lines.log(() ->
                    LOG.atInfo().addKeyValue("resource", access.resource()).log("Reading the Kubernetes API"));
        }
    }

    @Override
    public Optional<Observation> of(String namespace, String scaledObject) {
        Optional<ScaledObjectObservation> known =
                isCurrent(SCALED_OBJECT, namespace) ? scaledObjects.find(namespace, scaledObject) : Optional.empty();
        Optional<HpaObservation> hpa = isCurrent(HPA, namespace)
                ? hpas.find(namespace, hpaName(namespace, scaledObject, known))
                : Optional.empty();
        return known.isEmpty() && hpa.isEmpty() ? Optional.empty() : Optional.of(new Observation(hpa, known));
    }

    private String hpaName(String namespace, String scaledObject, Optional<ScaledObjectObservation> known) {
        return known.map(ScaledObjectObservation::hpaName)
                .filter(name -> !name.isEmpty())
                .or(() -> Optional.ofNullable(otherNames.get(CompactStore.key(namespace, scaledObject))))
                .orElseGet(() -> nameByKeda(scaledObject));
    }

    private boolean isCurrent(ResourceDefinitionContext kind, String namespace) {
        return watches.stream()
                .anyMatch(watch ->
                        watch.resource().equals(kind.getPlural()) && watch.covers(namespace) && watch.isCurrent());
    }

    @Override
    public List<ObservedEvent> events(String namespace, String scaledObject) {
        KubernetesClient current = client;
        Optional<Observation> known = of(namespace, scaledObject);
        if (current == null || known.isEmpty()) {
            return List.of();
        }
        return events.of(
                current,
                namespace,
                scaledObject,
                known.flatMap(Observation::hpa).map(HpaObservation::name));
    }

    @Override
    public List<ApiAccess> access() {
        List<ResourceWatch> now = watches;
        List<ApiAccess> all = new ArrayList<>();
        for (ResourceDefinitionContext kind : List.of(HPA, SCALED_OBJECT)) {
            AccessState worst = now.stream()
                    .filter(watch -> watch.resource().equals(kind.getPlural()))
                    .map(ResourceWatch::access)
                    .max(Comparator.comparingInt(KubernetesWatch::severity))
                    .orElse(connecting);
            all.add(new ApiAccess(kind.getPlural(), worst.state(), worst.since(), worst.problem()));
        }
        return all;
    }

    private static int severity(AccessState access) {
        return switch (access.state()) {
            case UP -> 0;
            case STARTING -> 1;
            case DOWN -> 2;
        };
    }

    /** Ends all watches, and requests in progress. */
    @Override
    public void close() {
        closed = true;
        checks.cancel(false);
        watches.forEach(ResourceWatch::close);
        KubernetesClient current = client;
        if (current != null) {
            current.close();
        }
    }
}
