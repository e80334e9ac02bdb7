package io.github.redissessionscaler.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.github.redissessionscaler.input.Causes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpTimeoutException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Describes why the API cannot be read. */
final class ApiProblem {

    /** Causes that are looked at: chains are short. */
    private static final int MOST = 20;

    private ApiProblem() {}

    /** The status of the API's answer; empty if it has not answered. */
    static OptionalInt status(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MOST; i++) {
            if (cause instanceof KubernetesClientException e && e.getCode() > 0) {
                return OptionalInt.of(e.getCode());
            }
            cause = cause.getCause();
        }
        return OptionalInt.empty();
    }

    /** Whether the API has answered that these objects cannot be read: a further connection does not help. */
    static boolean isRefused(Throwable failure) {
        int status = status(failure).orElse(0);
        return status == HttpURLConnection.HTTP_FORBIDDEN || status == HttpURLConnection.HTTP_NOT_FOUND;
    }

    /** Whether the API has answered and accepted the token, so that the connection is right. */
    static boolean isAnswer(Throwable failure) {
        int status = status(failure).orElse(HttpURLConnection.HTTP_UNAUTHORIZED);
        return status != HttpURLConnection.HTTP_UNAUTHORIZED;
    }

    /** A clause that says what is wrong, and how to fix it. It contains no secret. */
    static String describe(Throwable failure, String resource) {
        Throwable cause = failure;
        Optional<String> last = Optional.empty();
        for (int i = 0; cause != null && i < MOST; i++) {
            Optional<String> known = known(cause, resource);
            if (known.isPresent()) {
                return known.get();
            }
            last = cause instanceof IOException io ? Optional.of(Causes.describe(io)) : last;
            cause = cause.getCause();
        }
        return last.orElseGet(() -> Causes.describe(failure));
    }

    private static Optional<String> known(Throwable cause, String resource) {
        return switch (cause) {
            case KubernetesClientException e when e.getCode() > 0 -> Optional.of(ofStatus(e, resource));
            case HttpTimeoutException _, TimeoutException _ -> Optional.of("no answer in time");
            case SSLException e -> Optional.of("TLS handshake failed: " + Fields.shown(String.valueOf(e.getMessage())));
            case ApiClient.TokenException e -> Optional.of(Fields.shown(String.valueOf(e.getMessage())));
            case ConnectException e -> Optional.of("cannot connect: " + Causes.describe(e));
            default -> Optional.empty();
        };
    }

    private static String ofStatus(KubernetesClientException failure, String resource) {
        String message = Optional.ofNullable(failure.getStatus())
                .map(Status::getMessage)
                .map(Fields::shown)
                .orElse("no message");
        return switch (failure.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED -> "the token is refused (401): " + message;
            case HttpURLConnection.HTTP_FORBIDDEN ->
                "not allowed (403): %s; grant get, list and watch of %s, as kubernetes.watch of the chart does"
                        .formatted(message, resource);
            case HttpURLConnection.HTTP_NOT_FOUND ->
                "the API has no %s (404): is KEDA installed in this cluster?".formatted(resource);
            default -> "HTTP %d: %s".formatted(failure.getCode(), message);
        };
    }
}
