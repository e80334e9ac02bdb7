package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.GetMetricsRequest;
import io.github.redissessionscaler.proto.GetMetricsResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * The scaler as a stranger reaches it, and how much of an attack it has to bear.
 *
 * @param most how often something is done, at most
 * @param time after which the attack ends, whatever is left of it
 */
record Target(int grpcPort, int managementPort, int most, Duration time) {

    /** Calls of a client library that are under way at a time. */
    private static final int AT_A_TIME = 200;

    /** Sockets that are held open at a time, so that the attacker's own process has enough. */
    private static final int OPEN_SOCKETS = 10_000;

    interface Step {
        void on(RawHttp2 connection, int number) throws IOException;
    }

    interface Opening {
        RawHttp2 open() throws IOException;
    }

    interface Greeting {
        void on(Socket socket) throws IOException;
    }

    /** A connection from another address than that of the honest client, as from another pod. */
    static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName("127.0.0.2"), 0);
    }

    /** Repeats the step over so many connections in turn. One that the scaler closes is opened again. */
    void overConnections(int connections, int window, Step step) throws IOException {
        overConnections(connections, () -> new RawHttp2(grpcPort, window).reading(), step);
    }

    /** The same over connections of which nothing is read, so that writing to them may not return; each has a thread. */
    void overUnreadConnections(int connections, int window, Step step) {
        List<Thread> threads = new ArrayList<>();
        var open = new ConcurrentLinkedQueue<RawHttp2>();
        for (int i = 0; i < connections; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    new Target(grpcPort, managementPort, most / connections, time)
                            .overConnections(
                                    1,
                                    () -> {
                                        var connection = new RawHttp2(grpcPort, window);
                                        open.add(connection);
                                        return connection;
                                    },
                                    step);
                } catch (IOException e) {
                    // the scaler has closed the connection
                }
            }));
        }
        long end = System.nanoTime() + time.toNanos();
        try {
            for (Thread thread : threads) {
                var _ = thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.forEach(Target::close);
        }
    }

    private void overConnections(int connections, Opening opening, Step step) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        List<RawHttp2> open = new ArrayList<>();
        try {
            int done = 0;
            while (done < most && System.nanoTime() < end) {
                for (int i = 0; i < connections && done < most; i++) {
                    try {
                        while (open.size() <= i) {
                            open.add(opening.open());
                        }
                        RawHttp2 connection = open.get(i);
                        for (int burst = 0; burst < 100; burst++) {
                            step.on(connection, done++);
                        }
                        connection.flush();
                    } catch (IOException e) {
                        if (open.size() > i) {
                            open.remove(i).close();
                        }
                    }
                }
            }
        } finally {
            for (RawHttp2 connection : open) {
                try {
                    connection.close();
                } catch (IOException e) {
                    // it is closed already
                }
            }
        }
    }

    /** Opens so many sockets and holds them. */
    void sockets(int port, Greeting greeting) {
        long end = System.nanoTime() + time.toNanos();
        Deque<Socket> open = new ArrayDeque<>();
        try {
            for (int i = 0; i < most && System.nanoTime() < end; i++) {
                try {
                    var socket = connect(port);
                    open.add(socket);
                    greeting.on(socket);
                } catch (IOException e) {
                    // refused
                }
                if (open.size() > OPEN_SOCKETS) {
                    close(open.remove());
                }
            }
        } finally {
            open.forEach(Target::close);
        }
    }

    /** Sends the bytes to port 6000, one after the other, over so many sockets at a time. */
    void trickle(int sockets, byte[] bytes) {
        long end = System.nanoTime() + time.toNanos();
        int opened = 0;
        while (opened < most && System.nanoTime() < end) {
            List<Socket> open = new ArrayList<>();
            try {
                for (int i = 0; i < sockets && System.nanoTime() < end; i++) {
                    open.add(connect(grpcPort));
                }
                for (int i = 0; i < bytes.length && System.nanoTime() < end; i++) {
                    for (Socket socket : open) {
                        writeByte(socket, bytes[i]);
                    }
                }
            } catch (IOException e) {
                // refused
            } finally {
                opened += open.size();
                open.forEach(Target::close);
            }
        }
    }

    private static void writeByte(Socket socket, byte one) {
        try {
            socket.getOutputStream().write(one);
        } catch (IOException e) {
            // the scaler has closed the connection
        }
    }

    /** Asks for the metrics of so many triggers as a client library does, and does not wait for one answer before the next. */
    void calls(IntFunction<ScaledObjectRef> trigger) {
        long end = System.nanoTime() + time.toNanos();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .build();
        try {
            var stub = ExternalScalerGrpc.newStub(channel);
            var underWay = new Semaphore(AT_A_TIME);
            for (int i = 0; i < most && System.nanoTime() < end; i++) {
                if (underWay.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    stub.getMetrics(
                            GetMetricsRequest.newBuilder()
                                    .setScaledObjectRef(trigger.apply(i))
                                    .build(),
                            new Answered(underWay));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            channel.shutdownNow();
        }
    }

    /** The same about the strangers' own Redis, in each way of reading it. */
    void strangeCalls() {
        List<Map<String, String>> readings = StrangeRedis.readings();
        calls(i -> ScaledObjectRef.newBuilder()
                .setNamespace("strangers")
                .setName("one")
                .putAllScalerMetadata(readings.get(i % readings.size()))
                .build());
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed already
        }
    }

    private record Answered(Semaphore underWay) implements StreamObserver<GetMetricsResponse> {

        @Override
        public void onNext(GetMetricsResponse response) {
            // whatever it is
        }

        @Override
        public void onError(Throwable error) {
            underWay.release();
        }

        @Override
        public void onCompleted() {
            underWay.release();
        }
    }
}
