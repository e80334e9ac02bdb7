package io.github.redissessionscaler.app;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.evaluation.LookAheadReads;
import io.github.redissessionscaler.grpc.GrpcServer;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.kubernetes.KubernetesWatch;
import io.github.redissessionscaler.management.DemoText;
import io.github.redissessionscaler.management.ManagementServer;
import io.github.redissessionscaler.management.ObservedMetrics;
import io.github.redissessionscaler.management.RefusedMetrics;
import io.github.redissessionscaler.management.ScanMetrics;
import io.github.redissessionscaler.management.StatusPage;
import io.github.redissessionscaler.management.TriggerMetrics;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.Observations;
import io.github.redissessionscaler.push.PushSettings;
import io.github.redissessionscaler.push.StreamHub;
import io.github.redissessionscaler.redis.RedisInspector;
import io.github.redissessionscaler.redis.RedisInspector.ServerInfo;
import io.github.redissessionscaler.telemetry.Metric;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Database;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running scaler; starts and stops all parts. */
public final class Scaler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Scaler.class);

    /** Time to drain calls at shutdown: longer than a call takes with the default answer timeout. */
    private static final Duration DRAIN = Duration.ofSeconds(3);

    /** Interval for checking the configuration and certificates for changes. */
    private static final Duration FILES_REREAD_EVERY = Duration.ofSeconds(1);

    /** Interval for checking whether the heap is no longer nearly full. */
    private static final Duration CHECK_HEAP_EVERY = Duration.ofSeconds(1);

    /** Interval for removing unused triggers. */
    private static final Duration FORGET_EVERY = Duration.ofSeconds(10);

    /** Interval for closing the connections of unused databases. */
    private static final Duration CLOSE_EVERY = Duration.ofMinutes(1);

    static {
        // Notices new addresses of servers within seconds; the default of the JDK is longer.
        Security.setProperty("networkaddress.cache.ttl", "5");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Background background = new Background(threads);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ConfigSource source;
    private final ServerConfig started;
    private final Consumer<ServerConfig> whenReloaded;
    private final Observations observed;
    private final Engine engine;
    private final StreamHub hub;
    private final GrpcServer grpc;
    private final ManagementServer management;
    private final List<Future<?>> rereading;
    private volatile boolean configRefused;

    /** Whether a new configuration has not taken effect everywhere; retried after an unexpected error. */
    private boolean reloading;

    private volatile boolean ending;

    private Scaler(ConfigSource source, Consumer<ServerConfig> whenReloaded, Surroundings surroundings) {
        this.source = source;
        this.whenReloaded = whenReloaded;
        ServerConfig config = source.current();
        started = config;
        observed = config.kubernetes()
                .<Observations>map(access -> KubernetesWatch.start(access, background, surroundings.clock()))
                .orElse(Observations.NONE);
        RunningReplicas replicas = config.kubernetes().isPresent() ? this::runningReplicas : surroundings.replicas();
        engine = new Engine(
                source,
                background,
                config.statusPage() ? HistoryBudget.recorded(replicas) : HistoryBudget.unrecorded(replicas),
                surroundings.clock());
        hub = new StreamHub(
                engine.evaluator,
                engine.keyspaces,
                engine.counter::invalidate,
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
                () -> GrpcServer.start(config, engine.evaluator, hub, engine.refused, observed, engine.telemetry));
        management = opened(
                Setting.MANAGEMENT_PORT,
                config.listenAddress(),
                config.managementPort(),
                () -> ManagementServer.start(
                        new InetSocketAddress(config.listenAddress(), config.managementPort()),
                        () -> !ending,
                        engine.telemetry::scrape,
                        config.statusPage() ? Optional.of(statusPage(surroundings.demo())) : Optional.empty(),
                        config.managementHosts(),
                        engine.telemetry,
                        threads));
        new LookAheadReads(
                        engine.evaluator,
                        engine.states,
                        background.executor(LookAheadReads.TASK),
                        config.answerTimeout())
                .start(background, engine.clock);
        rereading = List.of(
                background.every("reading the certificates", FILES_REREAD_EVERY, grpc::rereadCertificates),
                background.every("reading the configuration", FILES_REREAD_EVERY, this::rereadConfiguration));
        var _ = background.every("checking the heap", CHECK_HEAP_EVERY, engine.telemetry.heap()::check);
        var _ = background.every("forgetting triggers", FORGET_EVERY, engine.states::forgetUnused);
        var _ = background.every("closing unused databases", CLOSE_EVERY, engine.keyspaces::closeUnused);
    }

    /** Names the setting of a port that cannot be bound. */
    private static <T> T opened(Setting setting, String address, int port, Supplier<T> start) {
        try {
            return start.get();
        } catch (UncheckedIOException | UnresolvedAddressException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IllegalStateException(
                    "%s: cannot listen on %s:%d: %s; choose another port, or stop the process that uses it (%s is the address)"
                            .formatted(setting, address, port, Causes.describe(cause), Setting.LISTEN_ADDRESS),
                    e);
        }
    }

    private StatusPage statusPage(Supplier<Optional<DemoText>> demo) {
        return new StatusPage(
                engine.states,
                engine.refused,
                trigger -> engine.layoutMonitor.findings(trigger).advice(),
                engine.counter::progress,
                engine.telemetry::connections,
                () -> source.current().connections(),
                engine.outagePolicy,
                observed,
                demo,
                engine.clock);
    }

    private OptionalLong runningReplicas(String namespace, String scaledObject) {
        return observed.of(namespace, scaledObject).map(Observation::replicas).orElseGet(OptionalLong::empty);
    }

    private void measure(Telemetry telemetry) {
        if (started.kubernetes().isPresent()) {
            telemetry.registerLarge(new ObservedMetrics(engine.states, observed));
        }
        telemetry.registerLarge(new TriggerMetrics(engine.states, engine.layoutMonitor::findings, engine.clock));
        telemetry.registerLarge(new RefusedMetrics(engine.refused));
        telemetry.register(new ScanMetrics(engine.counter::scans));
        telemetry.gauge(Metric.TRIGGERS, () -> engine.states.all().size());
        telemetry.gauge(Metric.TRIGGER_WEIGHT, engine.states::weight);
        telemetry.gauge(Metric.TRIGGER_LIMIT, () -> source.current().triggerLimit());
        telemetry.gauge(Metric.TRIGGERS_REFUSED, engine.refused::count);
        telemetry.gauge(Metric.STREAMS, hub::openStreams);
        telemetry.gauge(Metric.STREAM_LIMIT, () -> source.current().streamLimit());
        telemetry.gauge(Metric.PUSH_DATABASES_EVENTS, hub::databasesWithEvents);
        telemetry.gauge(Metric.PUSH_DATABASES_POLLED, hub::databasesPolled);
        telemetry.gauge(
                Metric.COUNT_REFRESH_SECONDS,
                () -> (double) started.countRefresh().toMillis() / 1000);
        telemetry.gauge(Metric.CONFIG_REFUSED, () -> configRefused ? 1 : 0);
    }

    /**
     * Starts a scaler. Redis may be unavailable.
     *
     * @param whenReloaded called with each changed configuration; some settings take effect after a restart only
     * @throws IllegalStateException if a port cannot be bound; the message names its setting
     * @throws InvalidInputException if the TLS files are invalid
     */
    public static Scaler start(ConfigSource source, Consumer<ServerConfig> whenReloaded) {
        return start(source, whenReloaded, Surroundings.real());
    }

    /** Starts a scaler in other surroundings. */
    public static Scaler start(ConfigSource source, Consumer<ServerConfig> whenReloaded, Surroundings surroundings) {
        return new Scaler(source, whenReloaded, surroundings);
    }

    /** Reloads the configuration file if it has changed. */
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
            LOG.error("Invalid configuration; keeping the previous one: {}", e.getMessage());
        }
    }

    private void reloaded(ServerConfig config) {
        engine.telemetry.connectionsAre(config.connections().keySet());
        whenReloaded.accept(config);
        hub.refreshAll();
        configRefused = false;
        if (config.equals(started.reloadedAs(config))) {
            LOG.info("Configuration reloaded");
        } else {
            LOG.warn("Configuration reloaded; some settings take effect after a restart, see docs/configuration.md");
        }
    }

    /** Asks each connection once, in the background, and logs what it has found or what is wrong. */
    public void logConnections() {
        source.current().connections().keySet().stream()
                .sorted()
                .forEach(name -> background.start("asking connections", () -> logConnection(name)));
    }

    private void logConnection(String name) {
        try (RedisInspector inspector = engine.keyspaces.inspector(new Database(name, OptionalInt.empty()))) {
            ServerInfo found = inspector.serverInfo();
            LOG.atInfo()
                    .addKeyValue("connection", name)
                    .addKeyValue("address", String.join(",", found.addresses()))
                    .addKeyValue("server", found.server())
                    .addKeyValue("user", found.user())
                    .log("Connected to Redis");
        } catch (KeyspaceException e) {
            LOG.atWarn()
                    .addKeyValue("connection", name)
                    .addKeyValue("reason", e.reason())
                    .log("Cannot use Redis yet; the scaler runs and tries again at each request: {}", e.getMessage());
        }
    }

    public int grpcPort() {
        return grpc.port();
    }

    public int managementPort() {
        return management.port();
    }

    /** Number of open streams. */
    public int openStreams() {
        return hub.openStreams();
    }

    /** Waits until {@link #close} has finished. */
    public void awaitTermination() throws InterruptedException {
        ended.await();
    }

    /** Shuts down in order: health reports NOT_SERVING, streams end, calls are drained, connections to Redis are closed. */
    @Override
    public void close() {
        if (ending) {
            return;
        }
        ending = true;
        LOG.info("Shutting down; draining calls");
        rereading.forEach(one -> one.cancel(false));
        grpc.reportNotServing();
        hub.close();
        grpc.drain(DRAIN);
        grpc.close();
        management.close();
        background.close();
        observed.close();
        engine.close();
        threads.shutdownNow();
        ended.countDown();
    }
}
