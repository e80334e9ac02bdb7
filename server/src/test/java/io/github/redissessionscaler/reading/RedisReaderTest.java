package io.github.redissessionscaler.reading;

import static io.github.redissessionscaler.testing.CountedRedis.exact;
import static io.github.redissessionscaler.testing.CountedRedis.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.evaluation.StubKeyspace;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.ForwardingKeyspace;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RedisReaderTest {

    private static final Deadline FAR = Deadline.in(Duration.ofMinutes(5));

    private final CountDownLatch mayScan = new CountDownLatch(1);
    private final CountDownLatch scanning = new CountDownLatch(1);
    private final StubKeyspace stub = new StubKeyspace();
    private final Keyspace keyspace = new ForwardingKeyspace(stub) {
        @Override
        public List<Shard> shards() {
            scanning.countDown();
            try {
                mayScan.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return super.shards();
        }
    };
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Telemetry telemetry = new Telemetry(InstantSource.system(), Duration.ofSeconds(2));
    private final SourceCounter counter = new SourceCounter(_ -> keyspace, InstantSource.system());
    private final RedisReader reader =
            new RedisReader(_ -> keyspace, counter, threads, telemetry, InstantSource.system());

    @AfterEach
    void stop() {
        mayScan.countDown();
        counter.close();
        telemetry.close();
        threads.shutdownNow();
    }

    @Test
    void aRoundDoesNotWaitForAFirstCountAsPollsDo() {
        stub.size(() -> 1_000L);
        Source byPattern = source(exact("sess:*"));
        CompletableFuture<Count> poll = reader.count(byPattern, "shop", FAR);
        await().until(() -> scanning.getCount() == 0);
        RedisReader once = reader.forOneRound();

        assertThatExceptionOfType(KeyspaceException.class)
                .isThrownBy(() -> Futures.await(once.count(byPattern, "shop", FAR)))
                .extracting(KeyspaceException::reason)
                .isEqualTo(Reason.NOT_COUNTED);
        assertThat(Futures.await(once.count(source(new CountQuery.AllKeys()), "shop", FAR))
                        .value())
                .isEqualTo(1_000);
        assertThat(poll).isNotDone();
    }
}
