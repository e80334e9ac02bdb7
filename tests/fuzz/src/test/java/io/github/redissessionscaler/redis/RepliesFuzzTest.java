package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import redis.clients.jedis.BuilderFactory;

/** Replies of Redis, of its clusters and of its sentinels, in any form that the protocol allows. */
class RepliesFuzzTest {

    private static final Node ASKED = new Node("127.0.0.1", 6379);
    private static final int DEEPEST = 4;
    private static final int WIDEST = 5;
    private static final int LONGEST = 120;

    @FuzzTest
    void areUnderstoodOrAnOutageWithAReason(FuzzedDataProvider data) {
        switch (data.consumeInt(0, 4)) {
            case 0 ->
                understood(() -> ClusterLookup.parse(ASKED, BuilderFactory.RAW_OBJECT_LIST.build(reply(data, 0))));
            case 1 -> understood(() -> SentinelLookup.parse(BuilderFactory.STRING_LIST.build(reply(data, 0))));
            case 2 -> understood(() -> Replies.time(BuilderFactory.STRING_LIST.build(reply(data, 0))));
            case 3 -> understood(() -> NodeFactory.isPrimary(reply(data, 0)));
            default -> {
                String info = data.consumeString(LONGEST);
                int index = data.consumeInt(0, 15);
                understood(() -> assertThat(Replies.expiringKeys("# Keyspace\n" + info, index)
                                .orElse(0))
                        .isNotNegative());
                assertThat(RedisShard.evictedKeys(info).orElse(0)).isNotNegative();
                String error = data.consumeString(LONGEST);
                KeyspaceException explained =
                        RedisErrors.explain("redis:6379", new redis.clients.jedis.exceptions.JedisDataException(error));
                assertThat(explained.getMessage()).startsWith("Redis at redis:6379 ");
            }
        }
    }

    /** The failures are those that every read makes an outage of, and their words say nothing of the reply. */
    private static void understood(Supplier<?> reading) {
        try {
            assertThat(reading.get()).isNotNull();
        } catch (KeyspaceException e) {
            assertThat(e.reason()).isEqualTo(Reason.CLUSTERDOWN);
        } catch (ClassCastException | IndexOutOfBoundsException | NullPointerException | IllegalArgumentException e) {
            assertThat(RedisErrors.explain("redis:6379", e))
                    .hasMessage("Redis at redis:6379 sent a malformed reply")
                    .extracting(KeyspaceException::reason)
                    .isEqualTo(Reason.OTHER);
        }
    }

    /** As the client library hands it over: bytes, a number, nil, or a list. */
    private static Object reply(FuzzedDataProvider data, int depth) {
        return switch (data.consumeInt(0, depth < DEEPEST ? 6 : 3)) {
            case 0 -> null;
            case 1 -> data.consumeLong();
            case 2 -> String.valueOf(data.consumeInt()).getBytes(UTF_8);
            case 3 -> data.consumeString(LONGEST).getBytes(UTF_8);
            default -> {
                List<Object> parts = new ArrayList<>();
                for (int i = data.consumeInt(0, WIDEST); i > 0; i--) {
                    parts.add(reply(data, depth + 1));
                }
                yield parts;
            }
        };
    }
}
