package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.github.redissessionscaler.config.KubernetesAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;

/** Connects to the API. */
final class ApiClient {

    /** Whole time of a request, less the time that a watch stays open. */
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private ApiClient() {}

    /**
     * A client that has not connected yet.
     *
     * @param tasks runs what the client does in the background
     * @throws UncheckedIOException if a file cannot be read
     */
    static KubernetesClient of(KubernetesAccess access, Executor tasks) {
        var config = new ConfigBuilder(credentials(access.credentials()))
                .withRequestTimeout(Math.toIntExact(TIMEOUT.toMillis()))
                .withConnectionTimeout(Math.toIntExact(TIMEOUT.toMillis()))
                // The watch tries again by itself, and its problem is shown at the first attempt.
                .withRequestRetryBackoffLimit(0)
                .withOnlyHttpWatches(true)
                // With HTTP/2 all requests share a connection, which may be dead.
                .withHttp2Disable(true)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withTaskExecutor(tasks)
                .build();
    }

    private static Config credentials(KubernetesAccess.ApiCredentials credentials) {
        return switch (credentials) {
            case KubernetesAccess.Kubeconfig(Path file) -> Config.fromKubeconfig(file.toFile());
            case KubernetesAccess.ServiceAccount(String url, Path directory) -> {
                Path authority = directory.resolve("ca.crt");
                var config = new ConfigBuilder(Config.empty())
                        .withMasterUrl(url)
                        .withOauthTokenProvider(() -> read(directory.resolve("token")));
                yield (Files.exists(authority) ? config.withCaCertFile(authority.toString()) : config).build();
            }
        };
    }

    /** Read for each request: the kubelet replaces the token within the hour. */
    private static String read(Path token) {
        try {
            return Files.readString(token).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
