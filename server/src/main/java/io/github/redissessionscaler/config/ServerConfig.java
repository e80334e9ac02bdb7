package io.github.redissessionscaler.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All settings of the server.
 *
 * @param listenAddress host name or address that both ports are opened on
 * @param grpcPort 0 to 65535; 0 is any free port
 * @param grpcTls TLS to KEDA; plain text when empty
 * @param managementPort likewise
 * @param managementHosts accepted host names of the management port, in lower case, besides those always accepted
 * @param statusPage whether the management port serves the status page
 * @param sessionSize target of triggers without a target, in sessions per replica
 * @param answerTimeout time limit of unary calls
 * @param outageGrace how long the last value is reported in an outage before {@code onUnavailable: minimum} takes effect
 * @param heartbeat interval at which an active stream repeats its state
 * @param keepalive idle time after which a client is pinged
 * @param pushPollMin shortest interval of polls for streams without keyspace events
 * @param pushPollMax longest interval of polls for streams
 * @param triggerLimit most triggers, at least 1
 * @param patternLimit most patterns per database, at least 1
 * @param countRefresh pause between two full scans
 * @param countShare largest share of each server's time for a full scan, above 0 and up to 1
 * @param streamLimit most open streams, at least 1
 * @param kubernetes how to read the Kubernetes API; empty if it is not read
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
        Optional<KubernetesAccess> kubernetes,
        Map<String, ConnectionConfig> connections,
        LogFormat logFormat,
        String logLevel) {

    /** Format of log lines. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    public ServerConfig {
        connections = Map.copyOf(connections);
        managementHosts = Set.copyOf(managementHosts);
    }

    /** The configuration in effect after a reload: settings that need a restart keep their value. */
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
                kubernetes,
                other.connections,
                logFormat,
                other.logLevel);
    }
}
