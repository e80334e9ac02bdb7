package io.github.redissessionscaler.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that a user can set.
 *
 * @param listenAddress host name or address that both ports are opened on
 * @param grpcPort 0 to 65535; 0 is any free port
 * @param grpcTls TLS to KEDA; plain text when empty
 * @param managementPort likewise
 * @param managementHosts names under which the management port is asked for, in lower case, besides those that everybody
 *     may use
 * @param statusPage whether the management port serves the status page
 * @param sessionSize target of the triggers that name none, sessions per replica
 * @param answerTimeout within which every unary call is answered, whatever Redis does
 * @param outageGrace how long after its reading a number still stands before {@code onUnavailable: minimum} takes hold
 * @param heartbeat how often an active stream repeats its state
 * @param keepalive after how long a silence a client is asked whether it is still there
 * @param pushPollMin how often, at most, Redis is asked for the streams where it sends no keyspace events
 * @param pushPollMax how often, at least, Redis is asked for the streams, events or not
 * @param triggerLimit how many triggers are served at a time, at least 1
 * @param patternLimit how many patterns are counted in one database at a time, at least 1
 * @param countRefresh how long after a whole count of keys by pattern the next begins
 * @param countShare how much of each server's time such a count may take, above 0 and up to 1
 * @param streamLimit how many streams are open at a time, at least 1
 * @param connections by name
 */
public record ServerConfig(
        String listenAddress,
        int grpcPort,
        Optional<GrpcTls> grpcTls,
        int managementPort,
        Set<String> managementHosts,
        boolean statusPage,
        double sessionSize,
        Duration answerTimeout,
        Duration outageGrace,
        Duration heartbeat,
        Duration keepalive,
        Duration pushPollMin,
        Duration pushPollMax,
        int triggerLimit,
        int patternLimit,
        Duration countRefresh,
        double countShare,
        int streamLimit,
        Map<String, ConnectionConfig> connections,
        LogFormat logFormat,
        String logLevel) {

    /** How log lines are written. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    public ServerConfig {
        connections = Map.copyOf(connections);
        managementHosts = Set.copyOf(managementHosts);
    }

    /** What becomes of a scaler that runs with this when it is told that the configuration is another. */
    public ServerConfig reloadedAs(ServerConfig other) {
        return new ServerConfig(
                listenAddress,
                grpcPort,
                grpcTls,
                managementPort,
                managementHosts,
                statusPage,
                other.sessionSize,
                answerTimeout,
                other.outageGrace,
                heartbeat,
                keepalive,
                pushPollMin,
                pushPollMax,
                other.triggerLimit,
                other.patternLimit,
                countRefresh,
                countShare,
                other.streamLimit,
                other.connections,
                logFormat,
                other.logLevel);
    }
}
