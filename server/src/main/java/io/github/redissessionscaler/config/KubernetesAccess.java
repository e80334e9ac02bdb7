package io.github.redissessionscaler.config;

import java.nio.file.Path;
import java.util.Set;

/**
 * Read access to the Kubernetes API.
 *
 * @param namespaces those that are read; all if empty
 */
public record KubernetesAccess(ApiCredentials credentials, Set<String> namespaces) {

    /** How to connect. */
    public sealed interface ApiCredentials {}

    /** As a kubeconfig file says. */
    public record Kubeconfig(Path file) implements ApiCredentials {}

    /**
     * As the service account of the pod.
     *
     * @param url of the API
     * @param directory of the files {@code token} and {@code ca.crt}, which Kubernetes replaces
     */
    public record ServiceAccount(String url, Path directory) implements ApiCredentials {}

    public KubernetesAccess {
        namespaces = Set.copyOf(namespaces);
    }
}
