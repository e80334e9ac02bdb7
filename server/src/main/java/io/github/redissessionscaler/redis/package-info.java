/** The keyspace port on the Jedis client: connections, nodes and topologies. */
@NullMarked
package io.github.redissessionscaler.redis;

import org.jspecify.annotations.NullMarked;
