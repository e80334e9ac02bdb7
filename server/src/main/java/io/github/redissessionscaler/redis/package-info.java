/** Connections to Redis, the only user of the Redis client library. */
@NullMarked
package io.github.redissessionscaler.redis;

import org.jspecify.annotations.NullMarked;
