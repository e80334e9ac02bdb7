package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;

/** Memory with many open streams, each of a trigger of its own, and how long a change takes to reach all of them. */
final class StreamsBenchmark {

    private static final int STREAMS = 10_000;

    private StreamsBenchmark() {}

    static void run(PrintStream out, ManagedChannel channel, ScalerProcess scaler, int redisPort) throws Exception {
        out.printf("resident, idle:                    %.0f MiB%n", scaler.residentMib());
        List<Stream> streams = new ArrayList<>();
        var opened = new CountDownLatch(STREAMS);
        for (int i = 0; i < STREAMS; i++) {
            var stream = new Stream(opened);
            streams.add(stream);
            ExternalScalerGrpc.newStub(channel)
                    .streamIsActive(
                            ScaledObjectRef.newBuilder()
                                    .setName("web-" + i)
                                    .setNamespace("shop")
                                    .putScalerMetadata("sessionSize", String.valueOf(i + 1))
                                    .putScalerMetadata("activationSessionSize", "0")
                                    .build(),
                            stream);
        }
        await(opened);
        out.printf("resident, %,d open streams:     %.0f MiB%n", STREAMS, scaler.residentMib());
        try (var jedis = new Jedis("127.0.0.1", redisPort)) {
            for (int round = 0; round < 5; round++) {
                var sent = new CountDownLatch(STREAMS);
                streams.forEach(stream -> stream.next = sent);
                long start = System.nanoTime();
                if (round % 2 == 0) {
                    jedis.set("session:1", "x");
                } else {
                    jedis.del("session:1");
                }
                await(sent);
                out.printf("one change to all of them:         %.0f ms%n", (System.nanoTime() - start) / 1e6);
                TimeUnit.SECONDS.sleep(2);
            }
        }
        out.printf("resident, after the changes:       %.0f MiB%n", scaler.residentMib());
        streams.forEach(Stream::cancel);
        TimeUnit.SECONDS.sleep(5);
        out.printf("resident, all streams cancelled:   %.0f MiB%n", scaler.residentMib());
    }

    private static void await(CountDownLatch latch) throws InterruptedException, IOException {
        if (!latch.await(120, TimeUnit.SECONDS)) {
            throw new IOException(latch.getCount() + " streams have sent nothing for 120 s");
        }
    }

    private static final class Stream implements ClientResponseObserver<ScaledObjectRef, IsActiveResponse> {

        private volatile CountDownLatch next;
        private volatile Boolean last;
        private ClientCallStreamObserver<ScaledObjectRef> call;

        Stream(CountDownLatch opened) {
            next = opened;
        }

        void cancel() {
            call.cancel("enough", null);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ScaledObjectRef> requestStream) {
            call = requestStream;
        }

        @Override
        public void onNext(IsActiveResponse response) {
            if (last == null || last != response.getResult()) {
                last = response.getResult();
                next.countDown();
            }
        }

        @Override
        public void onError(Throwable error) {
            // cancelled by ourselves
        }

        @Override
        public void onCompleted() {
            // the scaler ends first
        }
    }
}
