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
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps a store like the objects of one kind, in one namespace or in all. An informer lists them in pages, watches them with
 * bookmarks, lists them again if the API has forgotten the version, and tries again with growing pauses. It ends where the API
 * refuses to list the objects, or nothing is watched; then a new watch replaces it. The checks are not thread-safe; any thread may
 * read the access.
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

    private final ResourceDefinitionContext kind;
    private final String resource;
    private final Optional<String> namespace;
    private final CompactStore<?> store;
    private final InstantSource clock;
    private final Instant made;
    private final AnyNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            objects;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private volatile Optional<String> lastError = Optional.empty();
    private final CompletableFuture<Void> listed;
    private volatile AccessState access;

    /** Watches in a row, before this one, that ended without having sent anything. */
    private int attempts;

    /** Whether the last check could list objects. */
    private boolean canList;

    /** Whether the API answered the last check, and accepted the token. */
    private boolean answered;

    /** Whether requests could not be made, by which the informer ends without saying so. */
    private boolean broken;

    /** Checks in a row that failed. */
    private int failures;

    /** Checks in a row without a watch that has sent something. */
    private int unwatched;

    /**
     * Starts the watch.
     *
     * @param namespace empty for all
     * @param store of this watch only, and of those that it replaces
     * @param before the closed watch that this one replaces
     */
    ResourceWatch(
            KubernetesClient client,
            ResourceDefinitionContext kind,
            Optional<String> namespace,
            CompactStore<?> store,
            InstantSource clock,
            Optional<ResourceWatch> before) {
        this.kind = kind;
        this.resource = kind.getPlural();
        this.namespace = namespace;
        this.store = store;
        this.clock = clock;
        this.made = clock.instant();
        this.attempts = before.map(one -> one.attempts + 1).orElse(0);
        this.access = before.map(ResourceWatch::access)
                .orElseGet(() -> new AccessState(ApiState.STARTING, made, Optional.empty()));
        var all = client.genericKubernetesResources(kind);
        objects = namespace.isPresent() ? all.inNamespace(namespace.get()) : all.inAnyNamespace();
        informer = objects.withLimit(PAGE).runnableInformer(0);
        // An index would hold each name once more.
        informer.removeIndexer("namespace");
        informer.itemStore(store);
        informer.exceptionHandler((_, failure) -> {
            lastError = Optional.of(ApiProblem.describe(failure, resource));
            return !ApiProblem.isRefused(failure);
        });
        listed = startInformer();
    }

    private CompletableFuture<Void> startInformer() {
        try {
            return informer.start().toCompletableFuture();
        } catch (KubernetesClientException | UncheckedIOException e) {
            lastError = Optional.of(ApiProblem.describe(e, resource));
            broken = true;
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Starts a watch in place of this one, which it closes. */
    ResourceWatch renewed(KubernetesClient client) {
        close();
        return new ResourceWatch(client, kind, namespace, store, clock, Optional.of(this));
    }

    String resource() {
        return resource;
    }

    boolean fills(CompactStore<?> other) {
        return store == other;
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
            answered = true;
        } catch (KubernetesClientException | UncheckedIOException e) {
            problem = Optional.of(ApiProblem.describe(e, resource));
            answered = ApiProblem.isAnswer(e);
            broken |= e instanceof UncheckedIOException;
        }
        canList = problem.isEmpty();
        failures = problem.isPresent() ? failures + 1 : 0;
        if (informer.isRunning() && informer.isWatching()) {
            unwatched = 0;
            attempts = 0;
        } else {
            unwatched++;
        }
        if (problem.isPresent()) {
            if (access.state() != ApiState.UP || failures > 1) {
                is(ApiState.DOWN, problem);
            }
        } else if (hasEnded()) {
            is(
                    ApiState.DOWN,
                    Optional.of(lastError.orElse("the objects can be listed, but not watched: is watch of %s granted?"
                            .formatted(resource))));
        } else if (listed.isDone()) {
            lastError = Optional.empty();
            is(ApiState.UP, Optional.empty());
        }
    }

    private boolean hasEnded() {
        return broken || !informer.isRunning() || unwatched > PATIENCE;
    }

    /** Whether a new watch may help: this one has ended, the objects can be listed, and the pause since it was started is over. */
    boolean isToBeRenewed() {
        return canList && hasEnded() && !clock.instant().isBefore(made.plus(RetryPause.after(attempts)));
    }

    /** Whether the API answered the last check, and accepted the token. */
    boolean isAnswered() {
        return answered;
    }

    /** Whether the API has not answered since then. */
    boolean isCutOffSince(Instant then) {
        return !answered && access.state() == ApiState.DOWN && access.since().isBefore(then);
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
