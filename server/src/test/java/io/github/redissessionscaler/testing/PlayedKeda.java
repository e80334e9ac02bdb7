package io.github.redissessionscaler.testing;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * KEDA's end of {@code StreamIsActive}, for one ScaledObject that was created a moment ago: the first {@code true} is lost,
 * every later one wants one replica where there is none, and {@code false} is ignored. A stream that has ended is opened again
 * after 2 s, and after twice as long each time it fails, up to 60 s. The waits are noted and last until the test lets time
 * pass. Thread-safe.
 */
public final class PlayedKeda implements AutoCloseable {

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final int port;
    private final ScaledObjectRef scaledObject;
    private final List<Duration> waits = new CopyOnWriteArrayList<>();
    private final List<Boolean> pushes = new CopyOnWriteArrayList<>();
    private final Semaphore over = new Semaphore(0);
    private final Thread thread;
    private boolean created = true;
    private int replicas;

    private PlayedKeda(int port, ScaledObjectRef scaledObject) {
        this.port = port;
        this.scaledObject = scaledObject;
        this.thread = Thread.ofVirtual().unstarted(this::run);
    }

    /** Opens a stream to the scaler at this port of loopback. No replica runs. */
    public static PlayedKeda on(int port, ScaledObjectRef scaledObject) {
        var keda = new PlayedKeda(port, scaledObject);
        keda.thread.start();
        return keda;
    }

    /** How many replicas run: 0 or 1. */
    public synchronized int replicas() {
        return replicas;
    }

    /** Removes the replica, as KEDA does after the cooldown period. */
    public synchronized void scaleToZero() {
        replicas = 0;
    }

    /** What was pushed so far. */
    public List<Boolean> pushes() {
        return List.copyOf(pushes);
    }

    /** How long it waited, or is waiting, before it opened the stream again. */
    public List<Duration> waits() {
        return List.copyOf(waits);
    }

    /** Ends one wait, also one that is still to come. */
    public void letTimePass() {
        over.release();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Duration wait = SHORTEST_WAIT;
        try {
            while (true) {
                boolean endedWell = listen();
                if (endedWell) {
                    wait = SHORTEST_WAIT;
                }
                waits.add(wait);
                over.acquire();
                wait = min(wait.multipliedBy(2), LONGEST_WAIT);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** Returns whether the stream ended with OK. */
    private boolean listen() throws InterruptedException {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            Iterator<IsActiveResponse> stream =
                    ExternalScalerGrpc.newBlockingStub(channel).streamIsActive(scaledObject);
            while (stream.hasNext()) {
                pushed(stream.next().getResult());
            }
            return true;
        } catch (StatusRuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return false;
        } finally {
            channel.shutdownNow();
        }
    }

    private synchronized void pushed(boolean active) {
        pushes.add(active);
        if (active && created) {
            created = false;
        } else if (active) {
            replicas = 1;
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
