package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.params.ScanParams;

/** From the first session's SET in Redis to the message at a client, beside a bare subscriber to keyspace events. */
final class PushBenchmark {

    private static final int TRIALS = 1000;
    private static final int QUIET_SECONDS = 60;
    private static final int OTHER_KEYS = 100_000;

    /** Where changes are followed by a pause; without one the rounds of the scaler are limited in number. */
    private enum Pauses {
        EACH_CHANGE,
        EACH_PAIR,
        NONE
    }

    private record Message(boolean active, long at) {}

    private PushBenchmark() {}

    static void run(PrintStream out, ManagedChannel channel, int redisPort) throws Exception {
        try (var jedis = new Jedis("127.0.0.1", redisPort)) {
            BlockingQueue<Message> messages = open(channel, Map.of("activationSessionSize", "0"));
            BlockingQueue<Long> events = events(redisPort);
            expect(messages, false);
            out.println("from SET to                      | a message at a client, and an event at a bare subscriber");
            measure(out, "after a pause", jedis, messages, events, Pauses.EACH_CHANGE);
            measure(out, "right after the push of a DEL", jedis, messages, events, Pauses.EACH_PAIR);
            measure(out, "change after change, no pause", jedis, messages, events, Pauses.NONE);
            whileAnotherClientScans(redisPort, () -> {
                measure(out, "beside a client that scans", jedis, messages, events, Pauses.EACH_CHANGE);
                return null;
            });

            jedis.set("session:1", "x");
            expect(messages, true);
            messages.clear();
            TimeUnit.SECONDS.sleep(QUIET_SECONDS);
            out.printf(
                    "messages in %d quiet seconds:      %d on an active stream, whose heartbeat is 10 s%n",
                    QUIET_SECONDS, messages.size());
            jedis.del("session:1");
            expect(messages, false);
            messages.clear();
            TimeUnit.SECONDS.sleep(QUIET_SECONDS);
            out.printf("messages in %d quiet seconds:      %d on an inactive stream%n", QUIET_SECONDS, messages.size());
        }
    }

    private static void measure(
            PrintStream out,
            String situation,
            Jedis jedis,
            BlockingQueue<Message> messages,
            BlockingQueue<Long> events,
            Pauses pauses)
            throws InterruptedException {
        var pushed = new Latencies();
        var bare = new Latencies();
        RandomGenerator random = RandomGenerator.getDefault();
        for (int i = 0; i < TRIALS; i++) {
            if (pauses == Pauses.EACH_CHANGE) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(20, 60));
            }
            events.clear();
            long start = System.nanoTime();
            jedis.set("session:1", "x");
            pushed.add(expect(messages, true) - start);
            bare.add(take(events) - start);
            if (pauses != Pauses.NONE) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(20, 60));
            }
            jedis.del("session:1");
            expect(messages, false);
        }
        out.printf("%-32s | %s%n", situation, pushed);
        out.printf("%-32s | %s%n", "  the bare subscriber", bare);
        out.printf("%-32s | %.1f%n", "  ratio of the medians", pushed.quantile(0.5) / bare.quantile(0.5));
    }

    /** Another client scans a database of 100,000 keys all the time. */
    private static void whileAnotherClientScans(int redisPort, Callable<?> work) throws Exception {
        var ended = new AtomicBoolean();
        Thread scanner = Thread.ofPlatform().start(() -> {
            try (var jedis = new Jedis("127.0.0.1", redisPort)) {
                jedis.select(1);
                try (Pipeline pipeline = jedis.pipelined()) {
                    for (int i = 0; i < OTHER_KEYS; i++) {
                        pipeline.set("other:" + i, "x");
                    }
                }
                String cursor = "0";
                while (!ended.get()) {
                    cursor = jedis.scan(cursor, new ScanParams().count(1000)).getCursor();
                }
            }
        });
        try {
            work.call();
        } finally {
            ended.set(true);
            scanner.join();
        }
    }

    private static BlockingQueue<Message> open(ManagedChannel channel, Map<String, String> metadata) {
        BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
        ExternalScalerGrpc.newStub(channel)
                .streamIsActive(
                        ScaledObjectRef.newBuilder()
                                .setName("web")
                                .setNamespace("shop")
                                .putAllScalerMetadata(metadata)
                                .build(),
                        new StreamObserver<>() {
                            @Override
                            public void onNext(IsActiveResponse response) {
                                messages.add(new Message(response.getResult(), System.nanoTime()));
                            }

                            @Override
                            public void onError(Throwable error) {
                                // the channel is shut down at the end
                            }

                            @Override
                            public void onCompleted() {
                                // the scaler ends first
                            }
                        });
        return messages;
    }

    private static BlockingQueue<Long> events(int redisPort) throws InterruptedException {
        BlockingQueue<Long> events = new LinkedBlockingQueue<>();
        BlockingQueue<Boolean> subscribed = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (var jedis = new Jedis("127.0.0.1", redisPort)) {
                jedis.psubscribe(
                        new JedisPubSub() {
                            @Override
                            public void onPMessage(String pattern, String channel, String message) {
                                events.add(System.nanoTime());
                            }

                            @Override
                            public void onPSubscribe(String pattern, int subscribedChannels) {
                                subscribed.add(true);
                            }
                        },
                        "__keyevent@0__:*");
            } catch (JedisConnectionException e) {
                // the server ends with the benchmark
            }
        });
        take(subscribed);
        return events;
    }

    /** When the state came; heartbeats of the other state are passed over. */
    private static long expect(BlockingQueue<Message> messages, boolean active) throws InterruptedException {
        Message message = take(messages);
        while (message.active != active) {
            message = take(messages);
        }
        return message.at;
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(20, TimeUnit.SECONDS);
        if (taken == null) {
            throw new IllegalStateException("nothing has come for 20 s");
        }
        return taken;
    }
}
