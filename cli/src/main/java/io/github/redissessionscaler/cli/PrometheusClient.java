package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.InvalidInputException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Sends range queries to the HTTP API of Prometheus, and of what is compatible with it. */
final class PrometheusClient {

    /** Prometheus refuses more in each series. */
    private static final long MOST_POINTS = 11_000;

    /** The shortest step, and of which others are multiples. */
    private static final long STEP_SECONDS = 15;

    private static final String OPTION = "--prometheus";
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;

    private PrometheusClient() {}

    /**
     * The body of the response: JSON, also of an error that Prometheus reports.
     *
     * @param server such as http://prometheus:9090, with the path of the server if it has one; may contain user and password
     * @param token a bearer token
     * @throws InvalidInputException if there is no such response
     */
    static String query(String server, Optional<String> token, String query, Duration range, Instant now)
            throws InterruptedException {
        String parameters = "query=%s&start=%d&end=%d&step=%d"
                .formatted(
                        URLEncoder.encode(query, StandardCharsets.UTF_8),
                        now.minus(range).getEpochSecond(),
                        now.getEpochSecond(),
                        step(range));
        HttpText response = InputText.request(
                OPTION, server, server.replaceAll("/+$", "") + "/api/v1/query_range?" + parameters, token);
        if (response.isJson() && (response.status() == OK || response.body().contains("\"error\""))) {
            return response.body();
        }
        String problem = switch (response.status()) {
            case OK -> "does not answer as Prometheus does; the URL is what comes before /api/v1";
            case UNAUTHORIZED -> response.problem() + "; see --bearer-token-file, or give http://USER:PASSWORD@HOST";
            case NOT_FOUND -> "answers 404; the URL is what comes before /api/v1";
            default -> response.problem();
        };
        throw InvalidInputException.of(OPTION, InputText.withoutUser(server) + " " + problem);
    }

    /** The shortest step for which the range has no more points than Prometheus returns. */
    static long step(Duration range) {
        return STEP_SECONDS * Math.max(1, Math.ceilDiv(range.toSeconds(), STEP_SECONDS * (MOST_POINTS - 1)));
    }
}
