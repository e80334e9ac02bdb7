package io.github.redissessionscaler.trigger;

import java.util.Optional;

/**
 * How many sessions an instance shall serve.
 *
 * @param sessionSize sessions per instance, greater than 0
 * @param sessionSizeKey a Redis key that holds the number; {@code sessionSize} is used while it does not
 */
public record Target(double sessionSize, Optional<String> sessionSizeKey) {}
