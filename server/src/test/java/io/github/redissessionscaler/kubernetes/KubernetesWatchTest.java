package io.github.redissessionscaler.kubernetes;

import static io.github.redissessionscaler.testing.KubernetesApi.EVENTS;
import static io.github.redissessionscaler.testing.KubernetesApi.HPAS;
import static io.github.redissessionscaler.testing.KubernetesApi.SCALED_OBJECTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
        {"spec": {"triggers": [{"type": "external"}, {"type": "cron"}]},
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
        var watch = KubernetesWatch.start(access, background, clock, OFTEN);
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
}
