package io.github.redissessionscaler.telemetry;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was seen of one Redis connection up to a moment. Counts are since the start of the scaler.
 *
 * @param name as the configuration has it
 * @param commands those sent, by name in capitals, without the ones that open a connection
 * @param failures by reason, of reads that Redis did not answer, or answered with an error
 * @param recentLatency of a round trip, of late: newer ones weigh more; zero before the first
 * @param slowest round trip of the last two minutes or so
 * @param connects connections opened, which includes those that the pool opens as it grows
 * @param reconnects connections opened after one had broken
 * @param evictedKeys keys that Redis has evicted since it started; empty where it does not tell, or was not asked yet
 * @param lastFailure empty when there has been none
 */
public record ConnectionSnapshot(
        String name,
        ConnectionState state,
        Map<String, Long> commands,
        Map<String, Long> failures,
        Duration recentLatency,
        Duration slowest,
        long connects,
        long reconnects,
        OptionalLong evictedKeys,
        Optional<LastFailure> lastFailure) {

    /** Whether Redis answers. */
    public enum ConnectionState {
        /** Nobody has asked it anything. */
        UNUSED,
        /** It answered last time, if only with an error about what was asked. */
        UP,
        /** It did not, or said that it serves nobody now. */
        DOWN
    }

    /**
     * A read that failed.
     *
     * @param message for an operator; it holds no secret
     */
    public record LastFailure(String reason, String message, Instant at) {}

    public ConnectionSnapshot {
        commands = Map.copyOf(commands);
        failures = Map.copyOf(failures);
    }

    /** All commands that were sent. */
    public long commandsSent() {
        return commands.values().stream().mapToLong(Long::longValue).sum();
    }
}
