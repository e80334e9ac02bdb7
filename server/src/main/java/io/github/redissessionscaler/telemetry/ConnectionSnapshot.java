package io.github.redissessionscaler.telemetry;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Statistics of one Redis connection at one time. Counts are since the start of the scaler.
 *
 * @param name as configured
 * @param since when the state began; empty before the first read
 * @param server product and version, such as {@code Redis 8.2.1}; empty if unknown
 * @param commands number of commands sent by name in upper case, without those that open a connection
 * @param failures number of failed reads by reason
 * @param recentLatency moving average of round trips; zero before the first
 * @param slowest slowest round trip of about the last two minutes
 * @param connects number of connections opened, including those by which the pool grew
 * @param reconnects number of connections opened after one was lost
 * @param evictedKeys keys that Redis has evicted since it started; empty if unknown
 * @param lastFailure the last failed read, if any
 * @param lastOutage the last time at which Redis was unavailable and that is over, if any
 */
public record ConnectionSnapshot(
        String name,
        ConnectionState state,
        Optional<Instant> since,
        Optional<String> server,
        Map<String, Long> commands,
        Map<String, Long> failures,
        Duration recentLatency,
        Duration slowest,
        long connects,
        long reconnects,
        OptionalLong evictedKeys,
        Optional<LastFailure> lastFailure,
        Optional<LastOutage> lastOutage) {

    /** Whether Redis is available. */
    public enum ConnectionState {
        /** No read yet. */
        UNUSED,
        /** It answered the last read, possibly with an error about that read alone. */
        UP,
        /** It did not answer the last read, or replied that it serves no client now. */
        DOWN
    }

    /**
     * A read that failed.
     *
     * @param message for an operator, without secrets
     */
    public record LastFailure(String reason, String message, Instant at) {}

    /**
     * A time during which Redis was unavailable.
     *
     * @param reason of the last failed read
     */
    public record LastOutage(String reason, Instant from, Instant until) {}

    public ConnectionSnapshot {
        commands = Map.copyOf(commands);
        failures = Map.copyOf(failures);
    }

    /** Number of commands sent. */
    public long commandsSent() {
        return commands.values().stream().mapToLong(Long::longValue).sum();
    }
}
