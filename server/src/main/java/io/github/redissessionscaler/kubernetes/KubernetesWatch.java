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

    /** A bound on memory: HPAs, and ScaledObjects, of about 250 bytes each. */
    private static final int MOST = 20_000;

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
    private final List<WatchedPlace> places;

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

    /** Connections in a row that brought no answer. */
    private int unanswered;

    private volatile boolean closed;

    /**
     * What is known of a namespace, or of all.
     *
     * @param namespace empty for all
     */
    private record WatchedPlace(
            Optional<String> namespace,
            CompactStore<HpaObservation> hpas,
            CompactStore<ScaledObjectObservation> scaledObjects) {

        boolean covers(String other) {
            return namespace.map(other::equals).orElse(true);
        }
    }

    private KubernetesWatch(KubernetesAccess config, Background background, InstantSource clock, Duration checkEvery) {
        this.config = config;
        this.background = background;
        this.clock = clock;
        this.places = places();
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
            if (!name.equals(nameByKeda(one.owner())) && otherNames.size() < MOST) {
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
        if (watches.isEmpty() || isCutOff()) {
            connect();
        } else {
            renewEnded();
        }
        watches.forEach(ResourceWatch::check);
        if (watches.stream().anyMatch(ResourceWatch::isAnswered)) {
            unanswered = 0;
        }
        access().forEach(this::log);
    }

    /**
     * Whether nothing has been answered for so long that opening the connections and the files of the credentials anew may help. Not
     * if only some objects cannot be read: the others would be listed again for nothing.
     */
    private boolean isCutOff() {
        Instant before = clock.instant().minus(RetryPause.after(unanswered + 1));
        return connected.isBefore(before) && watches.stream().allMatch(watch -> watch.isCutOffSince(before));
    }

    private void connect() {
        List<ResourceWatch> before = watches;
        unanswered = before.isEmpty() ? 0 : unanswered + 1;
        disconnect();
        connected = clock.instant();
        try {
            KubernetesClient made = ApiClient.of(config, background.executor("watching Kubernetes"));
            client = made;
            watches = before.isEmpty()
                    ? places.stream()
                            .flatMap(place -> Stream.of(
                                    watch(made, HPA, place.namespace(), place.hpas()),
                                    watch(made, SCALED_OBJECT, place.namespace(), place.scaledObjects())))
                            .toList()
                    : before.stream().map(watch -> watch.renewed(made)).toList();
        } catch (KubernetesClientException | UncheckedIOException | IllegalArgumentException e) {
            Instant since = connecting.state() == ApiState.DOWN ? connecting.since() : clock.instant();
            connecting = new AccessState(ApiState.DOWN, since, Optional.of(ApiProblem.describe(e, "objects")));
            disconnect();
        }
        if (closed) {
            disconnect();
        }
    }

    private ResourceWatch watch(
            KubernetesClient made, ResourceDefinitionContext kind, Optional<String> namespace, CompactStore<?> store) {
        return new ResourceWatch(made, kind, namespace, store, clock, Optional.empty());
    }

    /** Replaces the watches that have ended, and no others. */
    private void renewEnded() {
        KubernetesClient current = client;
        if (current == null || watches.stream().noneMatch(ResourceWatch::isToBeRenewed)) {
            return;
        }
        watches = watches.stream()
                .map(watch -> watch.isToBeRenewed() ? watch.renewed(current) : watch)
                .toList();
        if (closed) {
            disconnect();
        }
    }

    /** The namespaces to watch, or all, each with its stores. */
    private List<WatchedPlace> places() {
        var hpas = new StoreBound(HPA.getPlural(), MOST);
        var scaledObjects = new StoreBound(SCALED_OBJECT.getPlural(), MOST);
        Stream<Optional<String>> namespaces = config.namespaces().isEmpty()
                ? Stream.of(Optional.empty())
                : config.namespaces().stream().sorted().map(Optional::of);
        return namespaces
                .map(namespace -> new WatchedPlace(
                        namespace,
                        new CompactStore<>(hpas, this::read),
                        new CompactStore<>(scaledObjects, reader::scaledObject)))
                .toList();
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
        Optional<WatchedPlace> place =
                places.stream().filter(one -> one.covers(namespace)).findFirst();
        Optional<ScaledObjectObservation> known = place.map(WatchedPlace::scaledObjects)
                .filter(this::isCurrent)
                .flatMap(store -> store.find(namespace, scaledObject));
        Optional<HpaObservation> hpa = place.map(WatchedPlace::hpas)
                .filter(this::isCurrent)
                .flatMap(store -> store.find(namespace, hpaName(namespace, scaledObject, known)));
        return known.isEmpty() && hpa.isEmpty() ? Optional.empty() : Optional.of(new Observation(hpa, known));
    }

    private String hpaName(String namespace, String scaledObject, Optional<ScaledObjectObservation> known) {
        return known.map(ScaledObjectObservation::hpaName)
                .filter(name -> !name.isEmpty())
                .or(() -> Optional.ofNullable(otherNames.get(CompactStore.key(namespace, scaledObject))))
                .orElseGet(() -> nameByKeda(scaledObject));
    }

    private boolean isCurrent(CompactStore<?> store) {
        return watches.stream().anyMatch(watch -> watch.fills(store) && watch.isCurrent());
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
