package io.github.redissessionscaler.app;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.grpc.GrpcServer;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.management.ManagementServer;
import io.github.redissessionscaler.management.ScanMetrics;
import io.github.redissessionscaler.management.StatusPage;
import io.github.redissessionscaler.management.TriggerMetrics;
import io.github.redissessionscaler.push.PushSettings;
import io.github.redissessionscaler.push.StreamHub;
import io.github.redissessionscaler.telemetry.Telemetry;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running scaler: everything, put together. */
public final class Scaler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scaler.class);

    /** How long calls under way are waited for at the end, at most: longer than each takes with the usual answer timeout. */
    private static final Duration DRAIN = Duration.ofSeconds(3);

    /** How soon a changed configuration or certificate is noticed. */
    private static final Duration FILES_REREAD_EVERY = Duration.ofSeconds(1);

    /** How late it is noticed that the heap is no longer nearly full, at most, if it is not for long. */
    private static final Duration CHECK_HEAP_EVERY = Duration.ofSeconds(1);

    /** How late a trigger that nobody asks about any more is forgotten, at most. */
    private static final Duration FORGET_EVERY = Duration.ofSeconds(10);

    /** How late the connections of a database that nobody asks for are closed, at most. */
    private static final Duration CLOSE_EVERY = Duration.ofMinutes(1);

    static {
        // A server that moved is found again within seconds; the JDK would remember its old address for longer.
        Security.setProperty("networkaddress.cache.ttl", "5");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Background background = new Background(threads);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ConfigSource source;
    private final ServerConfig started;
    private final Consumer<ServerConfig> whenReloaded;
    private final Engine engine;
    private final StreamHub hub;
    private final GrpcServer grpc;
    private final ManagementServer management;
    private final List<Future<?>> rereading;
    private volatile boolean configRefused;

    /** Whether a configuration was read that is not in use everywhere yet; after an unexpected error that is tried again. */
    private boolean reloading;

    private volatile boolean ending;

    private Scaler(ConfigSource source, Consumer<ServerConfig> whenReloaded, RunningReplicas replicas) {
        this.source = source;
        this.whenReloaded = whenReloaded;
        ServerConfig config = source.current();
        started = config;
        engine = new Engine(
                source,
                background,
                config.statusPage() ? HistoryBudget.recorded(replicas) : HistoryBudget.unrecorded(replicas));
        hub = new StreamHub(
                engine.evaluator,
                engine.keyspaces,
                engine.counter::hint,
                engine.scanEvents,
                new PushSettings(
                        config.heartbeat(), config.pushPollMin(), config.pushPollMax(), config.answerTimeout()),
                () -> source.current().streamLimit(),
                background);
        measure(engine.telemetry);
        grpc = opened(
                Setting.GRPC_PORT,
                config.listenAddress(),
                config.grpcPort(),
                () -> GrpcServer.start(config, engine.evaluator, hub, engine.refused, engine.telemetry));
        management = opened(
                Setting.MANAGEMENT_PORT,
                config.listenAddress(),
                config.managementPort(),
                () -> ManagementServer.start(
                        new InetSocketAddress(config.listenAddress(), config.managementPort()),
                        () -> !ending,
                        engine.telemetry::scrape,
                        config.statusPage() ? Optional.of(statusPage()) : Optional.empty(),
                        config.managementHosts(),
                        engine.telemetry,
                        threads));
        rereading = List.of(
                background.every("reading the certificates", FILES_REREAD_EVERY, grpc::rereadCertificates),
                background.every("reading the configuration", FILES_REREAD_EVERY, this::rereadConfiguration));
        var _ = background.every("checking the heap", CHECK_HEAP_EVERY, engine.telemetry.heap()::check);
        var _ = background.every("forgetting triggers", FORGET_EVERY, engine.states::forgetUnasked);
        var _ = background.every("closing unused databases", CLOSE_EVERY, engine.keyspaces::closeUnused);
    }

    /** Names the setting of a port that cannot be had. */
    private static <T> T opened(Setting setting, String address, int port, Supplier<T> start) {
        try {
            return start.get();
        } catch (UncheckedIOException | UnresolvedAddressException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IllegalStateException(
                    "%s: cannot listen on %s:%d: %s; give another port, or stop what has it (%s is the address)"
                            .formatted(setting, address, port, Causes.describe(cause), Setting.LISTEN_ADDRESS),
                    e);
        }
    }

    private StatusPage statusPage() {
        return new StatusPage(
                engine.states,
                trigger -> engine.layoutMonitor.findings(trigger).advice(),
                engine.counter::progress,
                engine.telemetry::connections,
                engine.clock);
    }

    private void measure(Telemetry telemetry) {
        telemetry.registerLarge(new TriggerMetrics(engine.states, engine.layoutMonitor::findings, engine.clock));
        telemetry.register(new ScanMetrics(engine.counter::scans));
        telemetry.gauge(
                "triggers",
                "Triggers that were asked about lately",
                () -> engine.states.all().size());
        telemetry.gauge(
                "trigger.weight",
                "How much of TRIGGER_LIMIT they take: as many as they are, and more where metadata is long",
                engine.states::weight);
        telemetry.gauge(
                "trigger.limit",
                "How many triggers are served at a time, TRIGGER_LIMIT",
                () -> source.current().triggerLimit());
        telemetry.gauge("triggers.refused", "Triggers that were refused lately", engine.refused::count);
        telemetry.gauge("streams", "Open streams", hub::openStreams);
        telemetry.gauge(
                "stream.limit",
                "How many streams are open at a time, STREAM_LIMIT",
                () -> source.current().streamLimit());
        telemetry.gauge(
                "push.databases.events", "Databases with streams that send keyspace events", hub::databasesWithEvents);
        telemetry.gauge("push.databases.polled", "Databases with streams that send none", hub::databasesPolled);
        telemetry.gauge(
                "config.refused",
                "1 while the configuration file holds something that cannot be used",
                () -> configRefused ? 1 : 0);
    }

    /**
     * A scaler that answers. Redis need not be there.
     *
     * @param whenReloaded is told the configuration whenever it has changed; what cannot change while the scaler runs is
     *     heeded at the next start
     * @throws IllegalStateException if a port cannot be had; the message names its setting
     * @throws InvalidInputException if the files for TLS cannot be used
     */
    public static Scaler start(ConfigSource source, Consumer<ServerConfig> whenReloaded) {
        return start(source, whenReloaded, RunningReplicas.UNKNOWN);
    }

    /**
     * The same where somebody knows how many replicas run.
     *
     * @param replicas for the status page, which presumes them otherwise
     */
    public static Scaler start(ConfigSource source, Consumer<ServerConfig> whenReloaded, RunningReplicas replicas) {
        return new Scaler(source, whenReloaded, replicas);
    }

    /** Takes the configuration as its file holds it now. One at a time. */
    private synchronized void rereadConfiguration() {
        try {
            if (source.reread().isPresent()) {
                reloading = true;
            }
            if (reloading) {
                reloaded(source.current());
                reloading = false;
            }
        } catch (InvalidInputException e) {
            configRefused = true;
            LOG.error("The changed configuration is refused, the one before stays in force: {}", e.getMessage());
        }
    }

    private void reloaded(ServerConfig config) {
        engine.telemetry.connectionsAre(config.connections().keySet());
        whenReloaded.accept(config);
        hub.refreshAll();
        configRefused = false;
        if (config.equals(started.reloadedAs(config))) {
            LOG.info("The configuration has changed, and is in force");
        } else {
            LOG.warn("The configuration has changed; some of it waits for the next start, see docs/configuration.md");
        }
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
        rereading.forEach(one -> one.cancel(false));
        grpc.announceEnd();
        hub.close();
        grpc.drain(DRAIN);
        grpc.close();
        management.close();
        background.close();
        engine.close();
        threads.shutdownNow();
        ended.countDown();
    }
}
