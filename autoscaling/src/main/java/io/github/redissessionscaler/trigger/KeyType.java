package io.github.redissessionscaler.trigger;

/** A Redis data type, named as TYPE returns it. */
public enum KeyType {
    STRING,
    LIST,
    SET,
    ZSET,
    HASH,
    STREAM
}
