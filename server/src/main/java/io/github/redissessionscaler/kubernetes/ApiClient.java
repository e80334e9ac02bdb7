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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to the API. */
final class ApiClient {

    private static final Logger LOG = LoggerFactory.getLogger(ApiClient.class);

    /** Whole time of a request, less the time that a watch stays open. */
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private ApiClient() {}

    /** A token that no request can carry. The message does not contain it. */
    static final class TokenException extends IOException {

        private static final long serialVersionUID = 1L;

        private TokenException(String message) {
            super(message);
        }
    }

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
                .withTaskExecutor(task -> tasks.execute(() -> runWithToken(task)))
                .build();
    }

    /** A token that cannot be read ends the task. The checks find and name the same, and replace a watch that ended so. */
    private static void runWithToken(Runnable task) {
        try {
            task.run();
        } catch (UncheckedIOException e) {
            LOG.debug("A request to the Kubernetes API could not be made", e);
        }
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
            String text = Files.readString(token).strip();
            if (!text.chars().allMatch(one -> one > ' ' && one <= '~')) {
                throw new TokenException(token + " is not one line of ASCII characters, as a token is");
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
