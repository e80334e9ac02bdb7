package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** From the first session's SET in Redis to the message at a client. */
final class PushBenchmark {

    private static final int TRIALS = 1000;
    private static final int QUIET_SECONDS = 60;

    private record Message(boolean active, long at) {}

    private PushBenchmark() {}

    static void run(PrintStream out, ManagedChannel channel, int redisPort) throws Exception {
        try (var jedis = new Jedis("127.0.0.1", redisPort)) {
            var pushed = new Latencies();
            var bare = new Latencies();
            BlockingQueue<Message> messages = open(channel, Map.of("activationSessionSize", "0"));
            BlockingQueue<Long> events = events(redisPort);
            expect(messages, false);
            RandomGenerator random = RandomGenerator.getDefault();
            for (int i = 0; i < TRIALS; i++) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(20, 60));
                events.clear();
                long start = System.nanoTime();
                jedis.set("session:1", "x");
                pushed.add(expect(messages, true) - start);
                bare.add(take(events) - start);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(20, 60));
                jedis.del("session:1");
                expect(messages, false);
            }
            out.println("SET to message at a client:       " + pushed);
            out.println("SET to event at a bare subscriber: " + bare);
            out.printf("ratio of the medians:              %.1f%n", pushed.quantile(0.5) / bare.quantile(0.5));

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
