package io.github.redissessionscaler.management;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.TreeMap;

/** One Redis connection as JSON; docs/status-page.md describes the fields. */
final class ConnectionJson {

    private static final double NANOS_PER_MILLI = 1e6;

    private ConnectionJson() {}

    static JsonObject of(ConnectionSnapshot connection, Instant now) {
        var json = new JsonObject();
        json.addProperty("name", connection.name());
        json.addProperty("state", connection.state().name().toLowerCase(Locale.ROOT));
        json.addProperty("commands", connection.commandsSent());
        json.add("latencyMillis", millis(connection.recentLatency()));
        json.add("slowestMillis", millis(connection.slowest()));
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
        return json;
    }

    private static JsonPrimitive millis(Duration duration) {
        return JsonNumbers.of((double) duration.toNanos() / NANOS_PER_MILLI);
    }
}
