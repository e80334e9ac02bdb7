package io.github.redissessionscaler.trigger;

import java.util.OptionalInt;

/**
 * The Redis database that a trigger names.
 *
 * @param connection name of a connection in the scaler's own configuration
 * @param index the database's index, or empty for the one that the connection is configured with
 */
public record Database(String connection, OptionalInt index) {}
