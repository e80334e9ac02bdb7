package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.keyspace.KeyspaceException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.util.SafeEncoder;

/**
 * Detects whether a server that is configured as standalone is a node of a Redis Cluster, so that only a part of the keys
 * would be counted. A proxy in front of a cluster is fine: it serves every key.
 */
final class OneNode {

    /** This many keys reach every node with a relevant part of the slots. */
    private static final int PROBES = 64;

    private enum NodeReply {
        YES,
        NO,
        UNKNOWN
    }

    private OneNode() {}

    /**
     * A sentence if it is one node of several; empty if it is not, or if unknown.
     *
     * @throws KeyspaceException if the server is unavailable
     */
    static List<String> warnings(RedisNode server) {
        NodeReply part = switch (isClusterNode(server)) {
            case NO -> NodeReply.NO;
            case YES, UNKNOWN -> sendsKeysAway(server);
        };
        return part == NodeReply.YES
                ? List.of("Redis at " + server.name()
                        + " is one node of a Redis Cluster, and only its own keys are counted; configure the"
                        + " connection as a cluster:"
                        + " redis-cluster://" + server.name() + " as its URL, or cluster: {nodes: ["
                        + server.name() + "]}")
                : List.of();
    }

    /**
     * Whether it is a node of a cluster, with or without others; false if unknown.
     *
     * @throws KeyspaceException if the server is unavailable
     */
    static boolean isInCluster(RedisNode server) {
        return isClusterNode(server) == NodeReply.YES;
    }

    private static NodeReply isClusterNode(RedisNode server) {
        try {
            String info = server.info("cluster");
            return info.contains("cluster_enabled:1")
                    ? NodeReply.YES
                    : info.contains("cluster_enabled:0") ? NodeReply.NO : NodeReply.UNKNOWN;
        } catch (KeyspaceException e) {
            return unknownIfRefused(e);
        }
    }

    /** Whether the server redirects some key to another node; if that is refused, whether other nodes have slots. */
    private static NodeReply sendsKeysAway(RedisNode server) {
        List<CommandObject<Object>> probes = IntStream.range(0, PROBES)
                .mapToObj(i -> new CommandObject<>(
                        new CommandArguments(Protocol.Command.TYPE).add("redis-session-scaler:probe:" + i),
                        BuilderFactory.RAW_OBJECT))
                .toList();
        try {
            return server.execute(probes).stream().anyMatch(JedisMovedDataException.class::isInstance)
                    ? NodeReply.YES
                    : NodeReply.NO;
        } catch (KeyspaceException e) {
            return unknownIfRefused(e) == NodeReply.UNKNOWN ? severalHaveSlots(server) : NodeReply.UNKNOWN;
        }
    }

    private static NodeReply severalHaveSlots(RedisNode server) {
        try {
            Set<Object> primaries = new HashSet<>();
            for (Object range : server.execute(Commands.CLUSTER_SLOTS)) {
                if (range instanceof List<?> fields && fields.size() > 2 && fields.get(2) instanceof List<?> node) {
                    primaries.add(
                            node.size() > 2 && node.get(2) instanceof byte[] id
                                    ? SafeEncoder.encode(id)
                                    : String.valueOf(node.get(1)));
                }
            }
            return primaries.size() > 1 ? NodeReply.YES : NodeReply.NO;
        } catch (KeyspaceException e) {
            return unknownIfRefused(e);
        }
    }

    private static NodeReply unknownIfRefused(KeyspaceException failure) {
        if (failure.reason().redisAvailable()) {
            return NodeReply.UNKNOWN;
        }
        throw failure;
    }
}
