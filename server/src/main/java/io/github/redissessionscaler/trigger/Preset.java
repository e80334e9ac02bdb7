package io.github.redissessionscaler.trigger;

/** A web framework's layout of sessions in Redis. */
public enum Preset {
    SPRING_SESSION
}
