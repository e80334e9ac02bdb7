package io.github.redissessionscaler.kubernetes;

import static io.github.redissessionscaler.testing.KubernetesApi.EVENTS;
import static io.github.redissessionscaler.testing.KubernetesApi.HPAS;
import static io.github.redissessionscaler.testing.KubernetesApi.SCALED_OBJECTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.config.KubernetesAccess;
import io.github.redissessionscaler.observed.ApiAccess;
import io.github.redissessionscaler.observed.ApiAccess.ApiState;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.ObservedCondition;
import io.github.redissessionscaler.observed.ObservedEvent;
import io.github.redissessionscaler.observed.ScaledObjectObservation;
import io.github.redissessionscaler.testing.KubernetesApi;
import io.github.redissessionscaler.testing.SetClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch against a stand-in for the API server. */
final class KubernetesWatchTest {

    private static final Duration OFTEN = Duration.ofMillis(50);

    private static final String HPA = """
        {"metadata": {"ownerReferences": [{"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "%s", "uid": "u"}]},
         "spec": {"minReplicas": 2, "maxReplicas": 10},
         "status": {"currentReplicas": %d, "desiredReplicas": %d, "lastScaleTime": "2026-03-04T03:00:00Z", "conditions": [
           {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale", "message": "recommended size matches"},
           {"type": "ScalingActive", "status": "False", "reason": "FailedGetExternalMetric", "message": "no metric"}]}}
        """;

    private static final String SCALED_OBJECT = """
        {"spec": {"minReplicaCount": 2, "triggers": [{"type": "external"}, {"type": "cron"}]},
         "status": {"hpaName": "keda-hpa-web", "conditions": [{"type": "Ready", "status": "True", "reason": "ok"}]}}
        """;

    @TempDir
    private Path directory;

    private final KubernetesApi api = KubernetesApi.start();
    private final SetClock clock = new SetClock(Instant.parse("2026-03-04T03:00:00Z"));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Background background = new Background(threads);
    private Optional<KubernetesWatch> started = Optional.empty();

    @AfterEach
    void stop() {
        started.ifPresent(KubernetesWatch::close);
        background.close();
        threads.shutdownNow();
        api.close();
    }

    private KubernetesWatch watch(String... namespaces) {
        return watch(new KubernetesAccess(new KubernetesAccess.Kubeconfig(kubeconfig()), Set.of(namespaces)));
    }

    private KubernetesWatch watch(KubernetesAccess access) {
        return watch(access, OFTEN);
    }

    private KubernetesWatch watch(KubernetesAccess access, Duration checkEvery) {
        var watch = KubernetesWatch.start(access, background, clock, checkEvery);
        started = Optional.of(watch);
        return watch;
    }

    private Path kubeconfig() {
        return write("kubeconfig", api.kubeconfig());
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<HpaObservation> hpa(KubernetesWatch watch, String name) {
        return watch.of("shop", name).flatMap(Observation::hpa);
    }

    private static void awaitCurrent(KubernetesWatch watch, String name, int replicas) {
        await().untilAsserted(() -> assertThat(hpa(watch, name).map(HpaObservation::currentReplicas))
                .contains(replicas));
    }

    private static void awaitUp(KubernetesWatch watch) {
        await().untilAsserted(() ->
                assertThat(watch.access()).extracting(ApiAccess::state).containsOnly(ApiState.UP));
    }

    @Test
    void anHpaAndItsScaledObjectAreKnown() {
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 9));
        api.put(SCALED_OBJECTS, "shop", "web", SCALED_OBJECT);
        var watch = watch();
        awaitUp(watch);

        assertThat(watch.of("shop", "web"))
                .contains(new Observation(
                        Optional.of(new HpaObservation(
                                "keda-hpa-web",
                                2,
                                10,
                                7,
                                9,
                                Instant.parse("2026-03-04T03:00:00Z").getEpochSecond(),
                                List.of(
                                        new ObservedCondition("AbleToScale", "True", "ReadyForNewScale", ""),
                                        new ObservedCondition(
                                                "ScalingActive", "False", "FailedGetExternalMetric", "no metric")))),
                        Optional.of(new ScaledObjectObservation(
                                "keda-hpa-web",
                                2,
                                List.of("external", "cron"),
                                OptionalInt.empty(),
                                Optional.empty(),
                                false,
                                List.of(new ObservedCondition("Ready", "True", "ok", ""))))));
        assertThat(watch.of("shop", "web").orElseThrow().remarks())
                .containsExactly("ScalingActive of the HPA is false (FailedGetExternalMetric): no metric");
        assertThat(watch.of("blog", "web")).isEmpty();
        assertThat(watch.of("shop", "other")).isEmpty();
    }

    @Test
    void aPausedScaledObjectAndAFallbackAreKnown() {
        api.put(SCALED_OBJECTS, "shop", "paused", """
            {"metadata": {"annotations": {"autoscaling.keda.sh/paused-replicas": "5"}},
             "spec": {"triggers": [{"type": "external-push"}]}}
            """);
        api.put(SCALED_OBJECTS, "shop", "fallen", """
            {"spec": {"triggers": [{"type": "external"}], "fallback": {"failureThreshold": 3, "replicas": 6}},
             "status": {"conditions": [{"type": "Fallback", "status": "True", "reason": "FallbackExists", "message": "m"}]}}
            """);
        var watch = watch();
        await().until(() -> watch.of("shop", "fallen").isPresent()
                && watch.of("shop", "paused").isPresent());

        assertThat(watch.of("shop", "paused").orElseThrow().remarks())
                .containsExactly("KEDA is paused by an annotation of the ScaledObject, at 5 replicas.");
        assertThat(watch.of("shop", "fallen").orElseThrow().remarks())
                .containsExactly("KEDA uses the fallback of the ScaledObject, 6 replicas, because a trigger fails.");
    }

    @Test
    void changesAreSeen() {
        var watch = watch();
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 1, 1));
        awaitCurrent(watch, "web", 1);
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 4, 4));
        awaitCurrent(watch, "web", 4);

        api.delete(HPAS, "shop", "keda-hpa-web");

        await().until(() -> hpa(watch, "web").isEmpty());
    }

    @Test
    void anHpaOfAnotherNameIsFoundByItsOwnerAndByTheScaledObject() {
        api.put(HPAS, "shop", "by-owner", HPA.formatted("one", 3, 3));
        api.put(HPAS, "shop", "by-status", HPA.formatted("web", 5, 5));
        api.put(SCALED_OBJECTS, "shop", "web", SCALED_OBJECT.replace("keda-hpa-web", "by-status"));
        var watch = watch();

        awaitCurrent(watch, "one", 3);
        awaitCurrent(watch, "web", 5);
    }

    @Test
    void whatIsNotOfKedaOrCannotBeOursIsNotKept() {
        api.put(HPAS, "shop", "keda-hpa-own", "{\"spec\": {\"maxReplicas\": 3}}");
        api.put(SCALED_OBJECTS, "shop", "cron", "{\"spec\": {\"triggers\": [{\"type\": \"cron\"}]}}");
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        var watch = watch();
        awaitCurrent(watch, "web", 7);
        awaitUp(watch);

        assertThat(watch.of("shop", "own")).isEmpty();
        assertThat(watch.of("shop", "cron")).isEmpty();
    }

    @Test
    void manyObjectsAreListedInPages() {
        for (int i = 0; i < 2 * ResourceWatch.PAGE + 1; i++) {
            api.put(HPAS, "shop", "keda-hpa-web-" + i, HPA.formatted("web-" + i, i, i));
        }
        var watch = watch();

        awaitCurrent(watch, "web-0", 0);
        awaitCurrent(watch, "web-" + 2 * ResourceWatch.PAGE, (int) (2 * ResourceWatch.PAGE));
        assertThat(api.requests()).anyMatch(request -> request.query().containsKey("continue"));
        assertThat(api.requests())
                .filteredOn(KubernetesApi.ApiRequest::isWatch)
                .allMatch(request -> "true".equals(request.query().get("allowWatchBookmarks")));
    }

    @Test
    void aWatchThatEndsOrIsTooOldGoesOn() {
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        api.put(HPAS, "shop", "keda-hpa-gone", HPA.formatted("gone", 2, 2));
        var watch = watch();
        awaitCurrent(watch, "web", 7);
        awaitCurrent(watch, "gone", 2);
        await().until(() -> api.watches() == 2);

        api.endWatches();
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 8, 8));
        awaitCurrent(watch, "web", 8);

        api.deleteUnseen(HPAS, "shop", "keda-hpa-gone");
        api.forgetVersions();
        await().until(() -> hpa(watch, "gone").isEmpty());
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 9, 9));
        awaitCurrent(watch, "web", 9);
        awaitUp(watch);
    }

    @Test
    void aNamespaceIsWatchedByItself() {
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        api.put(HPAS, "blog", "keda-hpa-web", HPA.formatted("web", 3, 3));
        var watch = watch("shop");
        awaitCurrent(watch, "web", 7);

        assertThat(watch.of("blog", "web")).isEmpty();
        assertThat(api.requests()).allMatch(request -> request.namespace().equals(Optional.of("shop")));
    }

    @Test
    void aMissingPermissionIsNamedAndTheRestIsKnown() {
        api.deny(SCALED_OBJECTS);
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        var watch = watch();
        awaitCurrent(watch, "web", 7);
        await().untilAsserted(() -> assertThat(watch.access())
                .filteredOn(access -> access.state() == ApiState.DOWN)
                .singleElement()
                .satisfies(access -> {
                    assertThat(access.resource()).isEqualTo(SCALED_OBJECTS);
                    assertThat(access.problem().orElseThrow())
                            .contains("not allowed (403)", "grant get, list and watch of scaledobjects");
                }));

        api.allow(SCALED_OBJECTS);
        api.put(SCALED_OBJECTS, "shop", "web", SCALED_OBJECT);

        await().until(() ->
                watch.of("shop", "web").flatMap(Observation::scaledObject).isPresent());
        awaitUp(watch);
    }

    @Test
    void anApiThatIsDownIsNamedAndItsObjectsAreUsedForAMinute() {
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        var watch = watch();
        awaitCurrent(watch, "web", 7);
        awaitUp(watch);
        int port = api.port();

        api.close();
        await().untilAsserted(() -> assertThat(watch.access())
                .allMatch(access -> access.problem().orElse("").contains("connect")));
        assertThat(hpa(watch, "web")).isPresent();
        clock.advance(ResourceWatch.OUTDATED_AFTER.plusSeconds(1));
        assertThat(hpa(watch, "web")).isEmpty();

        try (var again = KubernetesApi.onPort(port)) {
            again.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 8, 8));
            awaitCurrent(watch, "web", 8);
            awaitUp(watch);
        }
    }

    @Test
    void aServiceAccountsTokenIsReadForEachRequest() {
        write("token", "first\n");
        api.accept("first");
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        var watch = watch(new KubernetesAccess(new KubernetesAccess.ServiceAccount(api.url(), directory), Set.of()));
        awaitCurrent(watch, "web", 7);

        write("token", "second\n");
        api.accept("second");
        api.endWatches();
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 8, 8));

        awaitCurrent(watch, "web", 8);
        api.accept("third");
        await().untilAsserted(
                        () -> assertThat(watch.access().getFirst().problem().orElse(""))
                                .contains("the token is refused (401)")
                                .doesNotContain("second"));
    }

    @Test
    void aMissingFileIsNamedAndTriedAgain() {
        Path file = directory.resolve("missing");
        var watch = watch(new KubernetesAccess(new KubernetesAccess.Kubeconfig(file), Set.of()));
        await().untilAsserted(() ->
                assertThat(watch.access()).extracting(ApiAccess::state).containsOnly(ApiState.DOWN));
        assertThat(watch.access().getFirst().problem().orElseThrow()).contains("no such file");

        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        write("missing", api.kubeconfig());

        awaitCurrent(watch, "web", 7);
        awaitUp(watch);
    }

    @Test
    void eventsAreReadWhenAskedFor() {
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        api.put(EVENTS, "shop", "one", """
            {"involvedObject": {"kind": "HorizontalPodAutoscaler", "name": "keda-hpa-web"}, "type": "Normal",
             "reason": "SuccessfulRescale", "message": "New size: 7", "count": 2, "lastTimestamp": "2026-03-04T03:00:00Z"}
            """);
        api.put(EVENTS, "shop", "two", """
            {"involvedObject": {"kind": "ScaledObject", "name": "web"}, "type": "Warning",
             "reason": "KEDAScalerFailed", "message": "x", "eventTime": "2026-03-04T03:00:05.123456Z"}
            """);
        api.put(EVENTS, "shop", "three", """
            {"involvedObject": {"kind": "ScaledObject", "name": "other"}, "type": "Normal",
             "reason": "y", "message": "x", "lastTimestamp": "2026-03-04T03:00:00Z"}
            """);
        var watch = watch();
        awaitCurrent(watch, "web", 7);
        assertThat(api.requests()).noneMatch(request -> request.resource().equals(EVENTS));

        await().untilAsserted(() -> assertThat(watch.events("shop", "web"))
                .extracting(ObservedEvent::reason)
                .containsExactly("KEDAScalerFailed", "SuccessfulRescale"));
        assertThat(watch.events("shop", "web").getLast())
                .isEqualTo(new ObservedEvent(
                        Instant.parse("2026-03-04T03:00:00Z"),
                        "HorizontalPodAutoscaler",
                        false,
                        "SuccessfulRescale",
                        "New size: 7",
                        2));
        assertThat(api.requests().stream().filter(request -> request.resource().equals(EVENTS)))
                .hasSize(2);
    }

    @Test
    void eachNamespaceKeepsItsOwnObjects() {
        for (String namespace : List.of("shop", "blog", "wiki")) {
            api.put(HPAS, namespace, "keda-hpa-web", HPA.formatted("web", 4, 9));
            api.put(SCALED_OBJECTS, namespace, "web", SCALED_OBJECT);
        }
        var watch = watch("shop", "blog");
        awaitUp(watch);
        assertThat(replicas(watch, "shop")).contains(4);
        assertThat(replicas(watch, "blog")).contains(4);
        assertThat(watch.of("wiki", "web")).isEmpty();

        int before = lists(HPAS);
        api.forgetVersions();
        await().until(() -> lists(HPAS) == before + 2 && api.watches() == 4);

        for (String namespace : List.of("shop", "blog")) {
            assertThat(watch.of(namespace, "web").flatMap(Observation::hpa)).isPresent();
            assertThat(watch.of(namespace, "web").flatMap(Observation::scaledObject))
                    .isPresent();
        }
        api.deleteUnseen(HPAS, "blog", "keda-hpa-web");
        api.forgetVersions();
        await().until(() -> replicas(watch, "blog").isEmpty());
        assertThat(replicas(watch, "shop")).contains(4);
    }

    private static Optional<Integer> replicas(KubernetesWatch watch, String namespace) {
        return watch.of(namespace, "web").flatMap(Observation::hpa).map(HpaObservation::currentReplicas);
    }

    @Test
    void theNumberOfRecordsIsLimitedOverAllNamespaces() {
        var bound = new StoreBound(HPAS, 2);
        var shop = new CompactStore<>(bound, object -> Optional.ofNullable(object.getKind()));
        var blog = new CompactStore<>(bound, object -> Optional.ofNullable(object.getKind()));
        var kept = new GenericKubernetesResource();
        kept.setKind("kept");
        var renewed = new GenericKubernetesResource();
        renewed.setKind("renewed");

        shop.put("shop/a", kept);
        blog.put("blog/a", kept);
        blog.put("blog/b", kept);
        shop.put("shop/a", renewed);
        assertThat(shop.find("shop", "a")).contains("renewed");
        assertThat(blog.find("blog", "a")).contains("kept");
        assertThat(blog.find("blog", "b")).isEmpty();

        shop.remove("shop/a");
        shop.remove("shop/a");
        blog.put("blog/b", kept);
        blog.put("blog/c", kept);
        assertThat(blog.find("blog", "b")).contains("kept");
        assertThat(blog.find("blog", "c")).isEmpty();

        blog.put("blog/a", new GenericKubernetesResource());
        shop.put("shop/a", kept);
        assertThat(blog.find("blog", "a")).isEmpty();
        assertThat(shop.find("shop", "a")).contains("kept");
    }

    /** How often the objects were listed, from the first page. */
    private int lists(String resource) {
        return Math.toIntExact(api.requests().stream()
                .filter(request -> request.resource().equals(resource)
                        && !request.isWatch()
                        && !request.query().containsKey("continue")
                        && Long.toString(ResourceWatch.PAGE)
                                .equals(request.query().get("limit")))
                .count());
    }

    /** Waits until each kind was checked a few times more. */
    private void awaitChecks() {
        awaitChecks(4);
    }

    private void awaitChecks(int number) {
        for (String resource : List.of(HPAS, SCALED_OBJECTS)) {
            long before = checks(resource);
            await().until(() -> checks(resource) >= before + number);
        }
    }

    private long checks(String resource) {
        return api.requests().stream()
                .filter(request -> request.resource().equals(resource)
                        && "1".equals(request.query().get("limit")))
                .count();
    }

    private static void awaitDown(KubernetesWatch watch, String resource, String problem) {
        await().untilAsserted(() -> assertThat(watch.access())
                .filteredOn(access -> access.resource().equals(resource))
                .singleElement()
                .satisfies(access -> {
                    assertThat(access.state()).isEqualTo(ApiState.DOWN);
                    assertThat(access.problem().orElseThrow()).contains(problem);
                }));
    }

    @Test
    void aMissingPermissionListsNothingAgain() {
        api.deny(SCALED_OBJECTS);
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        var watch = watch();
        awaitCurrent(watch, "web", 7);
        awaitDown(watch, SCALED_OBJECTS, "not allowed (403)");
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofHours(1));
            awaitChecks();
        }
        assertThat(lists(HPAS)).isEqualTo(1);
        assertThat(lists(SCALED_OBJECTS)).isEqualTo(1);
        assertThat(hpa(watch, "web")).isPresent();

        api.allow(SCALED_OBJECTS);
        awaitUp(watch);
        assertThat(lists(HPAS)).isEqualTo(1);
    }

    @Test
    void aMissingPermissionToWatchListsAgainWithGrowingPauses() {
        api.denyWatches(HPAS);
        var watch = watch(
                new KubernetesAccess(new KubernetesAccess.Kubeconfig(kubeconfig()), Set.of()), Duration.ofMillis(5));
        awaitDown(watch, HPAS, "the objects can be listed, but not watched: is watch of " + HPAS + " granted?");
        await().until(() -> lists(HPAS) == 2);
        awaitChecks(ResourceWatch.PATIENCE + 2);
        assertThat(lists(HPAS)).isEqualTo(2);

        clock.advance(Duration.ofMinutes(1));
        await().until(() -> lists(HPAS) == 3);
        awaitChecks(ResourceWatch.PATIENCE + 2);
        clock.advance(Duration.ofMinutes(1));
        awaitChecks();
        assertThat(lists(HPAS)).isEqualTo(3);

        api.allow(HPAS);
        clock.advance(Duration.ofMinutes(1));
        await().until(() -> lists(HPAS) == 4);
        assertThat(lists(SCALED_OBJECTS)).isEqualTo(1);
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        awaitCurrent(watch, "web", 7);
        awaitUp(watch);
    }

    @Test
    void thePausesGrowUpToALimit() {
        assertThat(IntStream.of(0, 1, 2, 3, 5, 6, 1_000).mapToObj(RetryPause::after))
                .extracting(Duration::toMinutes)
                .containsExactly(0L, 1L, 2L, 4L, 16L, 16L, 16L);
    }

    @Test
    void anApiThatHasMovedIsFoundByTheChangedFile() {
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        var watch = watch();
        awaitCurrent(watch, "web", 7);
        awaitUp(watch);

        try (var other = KubernetesApi.start()) {
            other.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 8, 8));
            api.close();
            awaitDown(watch, HPAS, "connect");
            awaitDown(watch, SCALED_OBJECTS, "connect");
            write("kubeconfig", other.kubeconfig());
            clock.advance(Duration.ofSeconds(61));

            awaitCurrent(watch, "web", 8);
            awaitUp(watch);
        }
    }

    @Test
    void aTokenThatCannotBeReadIsNamed() {
        Path token = write("token", "first");
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        var watch = watch(new KubernetesAccess(new KubernetesAccess.ServiceAccount(api.url(), directory), Set.of()));
        awaitCurrent(watch, "web", 7);
        awaitUp(watch);

        delete(token);
        awaitDown(watch, HPAS, "no such file");
        awaitDown(watch, SCALED_OBJECTS, "no such file");
        api.endWatches();
        await().until(() -> api.watches() == 0);
        write("token", "two\nlines");
        awaitDown(watch, HPAS, "is not one line of ASCII characters");
        assertThat(watch.access())
                .noneMatch(access -> access.problem().orElse("").contains("two"));

        write("token", "second");
        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 8, 8));
        awaitCurrent(watch, "web", 8);
        awaitUp(watch);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aMissingTokenIsNamedAndTriedAgain() {
        var watch = watch(new KubernetesAccess(new KubernetesAccess.ServiceAccount(api.url(), directory), Set.of()));
        awaitDown(watch, HPAS, "no such file");
        awaitDown(watch, SCALED_OBJECTS, "no such file");

        api.put(HPAS, "shop", "keda-hpa-web", HPA.formatted("web", 7, 7));
        write("token", "first");

        awaitCurrent(watch, "web", 7);
        awaitUp(watch);
    }

    @Test
    void theLatestEventsAreFoundOnAnyPage() {
        api.put(SCALED_OBJECTS, "shop", "web", SCALED_OBJECT);
        var start = Instant.parse("2026-03-04T03:00:00Z");
        int all = 2 * Math.toIntExact(EventLookup.PAGE) + 1;
        for (int i = 0; i < all; i++) {
            api.put(EVENTS, "shop", String.format(Locale.ROOT, "web.%04d", i), """
                {"involvedObject": {"kind": "ScaledObject", "name": "web"}, "type": "Normal",
                 "reason": "event%d", "message": "x", "lastTimestamp": "%s"}
                """.formatted(i, start.plusSeconds(i)));
        }
        var watch = watch();
        awaitUp(watch);

        await().untilAsserted(() -> assertThat(watch.events("shop", "web"))
                .extracting(ObservedEvent::reason)
                .hasSize(20)
                .startsWith("event" + (all - 1), "event" + (all - 2))
                .endsWith("event" + (all - 20)));
    }

    @Test
    void onlySomePagesOfEventsAreRead() {
        api.put(SCALED_OBJECTS, "shop", "web", SCALED_OBJECT);
        for (int i = 0; i < (EventLookup.MOST_PAGES + 1) * EventLookup.PAGE; i++) {
            api.put(EVENTS, "shop", "web." + i, """
                {"involvedObject": {"kind": "ScaledObject", "name": "web"}, "type": "Normal",
                 "reason": "r", "message": "x", "lastTimestamp": "2026-03-04T03:00:00Z"}
                """);
        }
        var watch = watch();
        awaitUp(watch);

        await().until(() -> watch.events("shop", "web").size() == 20);
        assertThat(api.requests().stream().filter(request -> request.resource().equals(EVENTS)))
                .hasSize(EventLookup.MOST_PAGES);
    }
}
