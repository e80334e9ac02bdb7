package io.github.redissessionscaler.app;

import io.github.redissessionscaler.activity.ActivityHub;
import io.github.redissessionscaler.activity.PushSettings;
import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.counting.Counter;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.Reader;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.grpc.GrpcServer;
import io.github.redissessionscaler.management.ManagementServer;
import io.github.redissessionscaler.management.TriggerMetrics;
import io.github.redissessionscaler.outage.OutageRules;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running scaler: everything, put together. */
public final class Scaler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scaler.class);

    /** How long calls under way are waited for at the end. Each is answered within the answer timeout. */
    private static final Duration DRAIN = Duration.ofSeconds(3);

    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("timer").daemon().factory());
    private final CountDownLatch ended = new CountDownLatch(1);
    private final RedisKeyspaces keyspaces;
    private final Counter counter;
    private final ActivityHub hub;
    private final GrpcServer grpc;
    private final ManagementServer management;
    private volatile boolean ending;

    private Scaler(ServerConfig config) {
        var clock = new MonotonicClock();
        keyspaces = new RedisKeyspaces(config.connections(), config.answerTimeout());
        counter = new Counter(keyspaces, clock);
        var telemetry = new Telemetry();
        var reader = new Reader(keyspaces, counter::count, calls, telemetry);
        var states = new TriggerStates(config.triggerLimit(), clock);
        var evaluator = new Evaluator(
                reader,
                new OutageRules(config.outageGrace(), clock),
                states,
                new ConnectionAccess(config.connections(), keyspaces));
        hub = new ActivityHub(
                evaluator,
                keyspaces,
                counter::hint,
                new PushSettings(
                        config.heartbeat(), config.pushPollMin(), config.pushPollMax(), config.answerTimeout()),
                timer);
        counter.whenScanned(hub::counted);
        telemetry.register(new TriggerMetrics(states, clock));
        telemetry.gauge(
                "triggers",
                "Triggers that were asked about lately",
                () -> states.all().size());
        telemetry.gauge("streams", "Open streams", hub::openStreams);
        telemetry.gauge(
                "push.databases.events", "Databases with streams that send keyspace events", hub::databasesWithEvents);
        telemetry.gauge("push.databases.polled", "Databases with streams that send none", hub::databasesPolled);
        grpc = GrpcServer.start(
                new InetSocketAddress(config.listenAddress(), config.grpcPort()),
                evaluator,
                hub,
                new GrpcServer.Timing(config.answerTimeout(), config.keepalive()),
                telemetry,
                calls);
        management = ManagementServer.start(
                new InetSocketAddress(config.listenAddress(), config.managementPort()),
                () -> !ending,
                telemetry::scrape,
                calls);
    }

    /**
     * A scaler that answers. Redis need not be there.
     *
     * @throws java.io.UncheckedIOException if a port cannot be had
     */
    public static Scaler start(ServerConfig config) {
        return new Scaler(config);
    }

    public int grpcPort() {
        return grpc.port();
    }

    public int managementPort() {
        return management.port();
    }

    /** How many streams are open. */
    public int openStreams() {
        return hub.openStreams();
    }

    /** Waits until {@link #close} has done its work. */
    public void awaitTermination() throws InterruptedException {
        ended.await();
    }

    /** Ends in order: health says so, streams end well, calls under way are answered, then Redis is left. */
    @Override
    public void close() {
        if (ending) {
            return;
        }
        ending = true;
        LOG.info("Ending: no more calls are taken, those under way are answered");
        grpc.announceEnd();
        hub.close();
        grpc.drain(DRAIN);
        grpc.close();
        management.close();
        timer.shutdownNow();
        counter.close();
        keyspaces.close();
        calls.shutdownNow();
        ended.countDown();
    }
}
