package io.github.redissessionscaler.config;

import java.time.Duration;
import java.util.Map;

/**
 * Everything that a user can set.
 *
 * @param grpcPort 0 to 65535; 0 is any free port
 * @param managementPort likewise
 * @param answerTimeout within which every unary call is answered, whatever Redis does
 * @param heartbeat how often an active stream repeats its state
 * @param connections by name
 */
public record ServerConfig(
        int grpcPort,
        int managementPort,
        Duration answerTimeout,
        Duration heartbeat,
        Map<String, ConnectionConfig> connections,
        LogFormat logFormat,
        String logLevel) {

    /** How log lines are written. */
    public enum LogFormat {
        TEXT,
        JSON
    }
}
