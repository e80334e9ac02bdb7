package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.testing.PlayedKeda;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import io.github.redissessionscaler.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** How KEDA comes from no replica to one, by what is pushed alone. */
final class KedaStreamTest {

    private static final ScaledObjectRef ANY_SESSION = RunningScaler.ref(Map.of("activationSessionSize", "0"));

    private final int port = Ports.free();
    private RedisServer redis;
    private RunningScaler scaler;

    @BeforeEach
    void start() {
        redis = RedisServer.start("--notify-keyspace-events", "AKE");
        scaler = startScaler();
    }

    @AfterEach
    void stop() {
        scaler.close();
        redis.close();
    }

    @Test
    void theHeartbeatScalesWhereTheFirstPushWasLost() {
        try (var keda = PlayedKeda.on(port, ANY_SESSION)) {
            await().until(() -> keda.pushes().equals(List.of(false)));

            createSession();
            await().until(() -> keda.replicas() == 1);

            assertThat(keda.pushes()).startsWith(false, true, true);
            assertThat(keda.waits()).isEmpty();
        }
    }

    @Test
    void aScalerThatIsStartedAnewScalesAfterTheShortestWait() {
        createSession();
        try (var keda = PlayedKeda.on(port, ANY_SESSION)) {
            await().until(() -> keda.replicas() == 1);

            for (int restart = 1; restart <= 3; restart++) {
                int waits = restart;
                scaler.close();
                await().until(() -> keda.waits().size() == waits);
                keda.scaleToZero();
                scaler = startScaler();
                keda.letTimePass();
                await().until(() -> keda.replicas() == 1);
            }

            assertThat(keda.waits()).containsOnly(Duration.ofSeconds(2));
        }
    }

    @Test
    void aScalerThatWasUnavailableForLongScalesAtTheNextCall() {
        createSession();
        try (var proxy = TcpProxy.to(port);
                var keda = PlayedKeda.on(proxy.port(), ANY_SESSION)) {
            await().until(() -> keda.replicas() == 1);

            proxy.tear();
            proxy.cut();
            for (int attempt = 1; attempt <= 7; attempt++) {
                int waits = attempt;
                await().until(() -> keda.waits().size() == waits);
                if (attempt < 7) {
                    keda.letTimePass();
                }
            }
            keda.scaleToZero();
            proxy.heal();
            keda.letTimePass();
            await().until(() -> keda.replicas() == 1);

            assertThat(keda.waits().stream().map(Duration::toSeconds)).containsExactly(2L, 4L, 8L, 16L, 32L, 60L, 60L);
        }
    }

    @Test
    void anOutageOfRedisEndsNoStreamAndScalesWhenItIsOver() {
        createSession();
        try (var keda = PlayedKeda.on(port, ANY_SESSION)) {
            await().until(() -> keda.replicas() == 1);

            redis.kill();
            await().until(() -> !keda.pushes().getLast());
            keda.scaleToZero();
            redis.restart();
            createSession();
            await().until(() -> keda.replicas() == 1);

            assertThat(keda.waits()).isEmpty();
        }
    }

    private void createSession() {
        try (Jedis jedis = redis.connect()) {
            jedis.set("session:1", "x");
        }
    }

    private RunningScaler startScaler() {
        return RunningScaler.with(Map.of(
                "GRPC_PORT",
                String.valueOf(port),
                "REDIS_ADDRESS",
                redis.address(),
                "PUSH_POLL_MIN",
                "100ms",
                "PUSH_POLL_MAX",
                "500ms",
                "HEARTBEAT",
                "1s"));
    }
}
