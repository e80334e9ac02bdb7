package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.github.redissessionscaler.observed.ApiAccess.ApiState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps a store like the objects of one kind, in one namespace or in all. An informer lists them in pages, watches them with
 * bookmarks, lists them again if the API has forgotten the version, and tries again with growing pauses. The checks are not
 * thread-safe; the results may be read by any thread.
 */
final class ResourceWatch implements AutoCloseable {

    /** Objects of a page: a page takes some megabytes while it is read. */
    static final long PAGE = 200;

    /**
     * Checks until a watch that has sent nothing counts as failed. The API sends a bookmark each minute, and the informer opens
     * another watch every five to ten minutes.
     */
    static final int PATIENCE = 30;

    /** How long the last known objects are used while the API cannot be read. */
    static final Duration OUTDATED_AFTER = Duration.ofMinutes(1);

    /** What is known about the access. */
    record AccessState(ApiState state, Instant since, Optional<String> problem) {}

    private final String resource;
    private final Optional<String> namespace;
    private final InstantSource clock;
    private final AnyNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            objects;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private volatile Optional<String> lastError = Optional.empty();
    private volatile AccessState access;

    private final CompletableFuture<Void> listed;

    /** Checks in a row that failed. */
    private int failures;

    /** Checks in a row without a watch that has sent something. */
    private int unwatched;

    /**
     * Starts the watch.
     *
     * @param namespace empty for all
     * @param before the access by the previous client, if there was one
     */
    ResourceWatch(
            KubernetesClient client,
            ResourceDefinitionContext kind,
            Optional<String> namespace,
            CompactStore<?> store,
            InstantSource clock,
            Optional<AccessState> before) {
        this.resource = kind.getPlural();
        this.namespace = namespace;
        this.clock = clock;
        this.access = before.orElseGet(() -> new AccessState(ApiState.STARTING, clock.instant(), Optional.empty()));
        var all = client.genericKubernetesResources(kind);
        objects = namespace.isPresent() ? all.inNamespace(namespace.get()) : all.inAnyNamespace();
        informer = objects.withLimit(PAGE).runnableInformer(0);
        // An index would hold each name once more.
        informer.removeIndexer("namespace");
        informer.itemStore(store);
        informer.exceptionHandler((_, failure) -> {
            lastError = Optional.of(ApiProblem.describe(failure, resource));
            return true;
        });
        listed = informer.start().toCompletableFuture();
    }

    String resource() {
        return resource;
    }

    /** Identifies this watch among those of a cluster. */
    String name() {
        return name(resource, namespace);
    }

    static String name(String resource, Optional<String> namespace) {
        return resource + namespace.map(one -> " of " + one).orElse("");
    }

    /** Whether objects of this namespace are among those that are watched. */
    boolean covers(String other) {
        return namespace.map(other::equals).orElse(true);
    }

    AccessState access() {
        return access;
    }

    /** Whether the objects in the store are recent. */
    boolean isCurrent() {
        AccessState now = access;
        return now.state() == ApiState.UP
                || (now.state() == ApiState.DOWN
                        && now.since().plus(OUTDATED_AFTER).isAfter(clock.instant()));
    }

    /** Asks the API for one object, to find out whether it answers. Blocks for a few seconds at most. */
    void check() {
        Optional<String> problem;
        try {
            var _ = objects.list(new ListOptionsBuilder().withLimit(1L).build());
            problem = Optional.empty();
        } catch (KubernetesClientException e) {
            problem = Optional.of(ApiProblem.describe(e, resource));
        }
        failures = problem.isPresent() ? failures + 1 : 0;
        unwatched = informer.isWatching() ? 0 : unwatched + 1;
        if (problem.isPresent()) {
            if (access.state() != ApiState.UP || failures > 1) {
                is(ApiState.DOWN, problem);
            }
        } else if (unwatched > PATIENCE) {
            is(ApiState.DOWN, Optional.of(lastError.orElse("the objects can be listed, but not watched")));
        } else if (listed.isDone()) {
            lastError = Optional.empty();
            is(ApiState.UP, Optional.empty());
        }
    }

    private void is(ApiState state, Optional<String> problem) {
        AccessState before = access;
        Instant since = before.state() == state ? before.since() : clock.instant();
        access = new AccessState(state, since, problem);
    }

    @Override
    public void close() {
        informer.stop();
    }
}
