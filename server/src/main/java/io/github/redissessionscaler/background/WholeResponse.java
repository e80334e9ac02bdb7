package io.github.redissessionscaler.background;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An HTTP request with one time limit for the connection, the headers and the body. The limits of {@link HttpClient} end with the
 * headers, so a server that sends a byte at a time could delay its caller without end.
 */
public final class WholeResponse {

    private WholeResponse() {}

    /**
     * Sends the request, and waits for the whole response. Blocks.
     *
     * @param settings of the client, which serves this request only
     * @param within the time limit
     * @throws HttpTimeoutException if the response is not complete in time
     * @throws IOException if there is no response
     */
    public static <T> HttpResponse<T> of(
            HttpClient.Builder settings, HttpRequest request, BodyHandler<T> body, Duration within)
            throws IOException, InterruptedException {
        try (HttpClient client = settings.connectTimeout(within).build()) {
            try {
                return client.sendAsync(request, body).get(within.toNanos(), TimeUnit.NANOSECONDS);
            } finally {
                client.shutdownNow();
            }
        } catch (TimeoutException _) {
            throw new HttpTimeoutException("no complete response within " + within.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }
}
