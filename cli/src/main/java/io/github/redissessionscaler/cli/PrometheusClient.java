package io.github.redissessionscaler.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Sends range queries to the HTTP API of Prometheus, and of what is compatible with it. */
final class PrometheusClient {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Prometheus refuses more in each series. */
    private static final long MOST_POINTS = 11_000;

    /** The shortest step, and of which others are multiples. */
    private static final long STEP_SECONDS = 15;

    private PrometheusClient() {}

    /**
     * The body of the answer, JSON, also of an error.
     *
     * @param server such as http://prometheus:9090, with the path of the server if it has one
     * @throws IOException if there is no answer
     * @throws IllegalArgumentException if the URL is invalid
     */
    static String query(String server, String query, Duration range, Instant now)
            throws IOException, InterruptedException {
        String parameters = "query=%s&start=%d&end=%d&step=%d"
                .formatted(
                        URLEncoder.encode(query, StandardCharsets.UTF_8),
                        now.minus(range).getEpochSecond(),
                        now.getEpochSecond(),
                        step(range));
        URI address = URI.create(server.replaceAll("/+$", "") + "/api/v1/query_range?" + parameters);
        try (HttpClient http = HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpResponse<String> answer =
                    http.send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), BodyHandlers.ofString());
            if (answer.statusCode() != 200 && !answer.body().stripLeading().startsWith("{")) {
                throw new IOException("status " + answer.statusCode());
            }
            return answer.body();
        }
    }

    /** The shortest step for which the range has no more points than Prometheus returns. */
    static long step(Duration range) {
        return STEP_SECONDS * Math.max(1, Math.ceilDiv(range.toSeconds(), STEP_SECONDS * (MOST_POINTS - 1)));
    }
}
