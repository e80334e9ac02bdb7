package io.github.redissessionscaler.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Sends range queries to the HTTP API of Prometheus, and of what is compatible with it. */
final class PrometheusClient {

    /** Prometheus refuses more in each series. */
    private static final long MOST_POINTS = 11_000;

    /** The shortest step, and of which others are multiples. */
    private static final long STEP_SECONDS = 15;

    private PrometheusClient() {}

    /**
     * The body of the response, JSON, also of an error.
     *
     * @param server such as http://prometheus:9090, with the path of the server if it has one
     */
    static String query(String server, String query, Duration range, Instant now) throws InterruptedException {
        String parameters = "query=%s&start=%d&end=%d&step=%d"
                .formatted(
                        URLEncoder.encode(query, StandardCharsets.UTF_8),
                        now.minus(range).getEpochSecond(),
                        now.getEpochSecond(),
                        step(range));
        return InputText.get(
                "--prometheus", server, server.replaceAll("/+$", "") + "/api/v1/query_range?" + parameters);
    }

    /** The shortest step for which the range has no more points than Prometheus returns. */
    static long step(Duration range) {
        return STEP_SECONDS * Math.max(1, Math.ceilDiv(range.toSeconds(), STEP_SECONDS * (MOST_POINTS - 1)));
    }
}
