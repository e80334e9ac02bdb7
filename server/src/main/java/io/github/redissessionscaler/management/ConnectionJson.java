package io.github.redissessionscaler.management;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/** One Redis connection as JSON; docs/status-page.md describes the fields. */
final class ConnectionJson {

    private static final double NANOS_PER_MILLI = 1e6;

    private ConnectionJson() {}

    /**
     * The fields of a connection.
     *
     * @param config empty if the connection has just been removed
     */
    static JsonObject of(ConnectionSnapshot connection, Optional<ConnectionConfig> config, Instant now) {
        var json = new JsonObject();
        json.addProperty("name", connection.name());
        json.addProperty("state", connection.state().name().toLowerCase(Locale.ROOT));
        connection.since().ifPresent(since -> json.add("seconds", JsonNumbers.seconds(since, now)));
        config.ifPresent(known -> {
            json.addProperty("address", known.topology().address());
            json.addProperty(
                    "user", known.credentials().map(Credentials::username).orElse("default"));
            json.addProperty("tls", known.tls().isPresent());
        });
        connection.server().ifPresent(server -> json.addProperty("server", server));
        json.addProperty("commands", connection.commandsSent());
        if (!connection.recentLatency().isZero()) {
            json.add("latencyMillis", millis(connection.recentLatency()));
            json.add("slowestMillis", millis(connection.slowest()));
        }
        json.addProperty("connects", connection.connects());
        json.addProperty("reconnects", connection.reconnects());
        var failures = new JsonObject();
        new TreeMap<>(connection.failures()).forEach(failures::addProperty);
        json.add("failures", failures);
        connection.lastFailure().ifPresent(failure -> {
            var last = new JsonObject();
            last.addProperty("reason", failure.reason());
            last.addProperty("message", failure.message());
            last.add("seconds", JsonNumbers.seconds(failure.at(), now));
            json.add("lastFailure", last);
        });
        connection.lastOutage().ifPresent(outage -> {
            var last = new JsonObject();
            last.addProperty("reason", outage.reason());
            last.add("seconds", JsonNumbers.seconds(outage.from(), outage.until()));
            last.add("endedSeconds", JsonNumbers.seconds(outage.until(), now));
            json.add("lastOutage", last);
        });
        return json;
    }

    private static JsonPrimitive millis(Duration duration) {
        return JsonNumbers.of((double) duration.toNanos() / NANOS_PER_MILLI);
    }
}
