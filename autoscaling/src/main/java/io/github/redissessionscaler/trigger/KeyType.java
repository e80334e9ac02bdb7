package io.github.redissessionscaler.trigger;

/** A type of value in Redis, as TYPE names it. */
public enum KeyType {
    STRING,
    LIST,
    SET,
    ZSET,
    HASH,
    STREAM
}
