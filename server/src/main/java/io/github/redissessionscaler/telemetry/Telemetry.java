package io.github.redissessionscaler.telemetry;

import io.github.redissessionscaler.background.InternalErrors;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The metrics of the scaler for Prometheus. Thread-safe. */
public final class Telemetry implements AutoCloseable {

    /** Prefix of all metric names. */
    public static final String PREFIX = "redis_session_scaler_";

    /** The limits of the ports, so that each has a series from the start. */
    private static final List<String> LIMITS =
            List.of("connections", "handshakes", "calls", "strikes", "memory", "management");

    private record Read(String connection, String kind, String outcome) {}

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    /** By method, then by status. Two levels avoid creating a key object for each call. */
    private final ConcurrentMap<String, ConcurrentMap<String, Timer>> rpcs = new ConcurrentHashMap<>();

    private final ConcurrentMap<Read, Timer> reads = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ConnectionStats> connections = new ConcurrentHashMap<>();
    private final List<LargeGauges> large = new CopyOnWriteArrayList<>();
    private final ConcurrentMap<String, Counter> refusals = new ConcurrentHashMap<>();
    private final HeapPressure heap = HeapPressure.ofThisProcess();
    private final InstantSource clock;
    private final Duration[] rpcBuckets;

    /** Registers the metrics of the JVM; a start does not wait for them. Never fails. */
    private final CompletableFuture<Void> jvm;

    /** In alphabetical order. */
    private volatile List<String> configured = List.of();

    /**
     * Registers the metrics of the JVM, in the background.
     *
     * @param clock for the time of failures
     * @param answerBound time limit of calls, which is also a bucket of their histogram
     */
    public Telemetry(InstantSource clock, Duration answerBound) {
        this.clock = clock;
        this.rpcBuckets = rpcBuckets(answerBound);
        jvm = CompletableFuture.runAsync(
                this::registerJvm,
                work -> Thread.ofVirtual().name("metrics of the JVM").start(work));
        register(new InternalErrorMetrics());
        registerLarge((out, _) -> writeAvailability(out));
        LIMITS.forEach(this::refusals);
        Gauge.builder(Metric.BUILD_INFO.meter(), () -> 1)
                .description(Metric.BUILD_INFO.description())
                .tag("version", BuildInfo.version())
                .tag("java", Runtime.version().toString())
                .register(registry);
        gauge(Metric.HEAP_LIVE_RATIO, heap::share);
        Gauge.builder(Metric.ANSWER_TIMEOUT_SECONDS.meter(), () -> seconds(answerBound))
                .description(Metric.ANSWER_TIMEOUT_SECONDS.description())
                .register(registry);
    }

    private void registerJvm() {
        for (MeterBinder metrics : List.of(
                new ClassLoaderMetrics(),
                new JvmInfoMetrics(),
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                gc,
                new FileDescriptorMetrics(),
                new ProcessorMetrics(),
                new UptimeMetrics())) {
            try {
                metrics.bindTo(registry);
            } catch (RuntimeException | LinkageError e) {
                InternalErrors.report("metrics of the JVM", e);
            }
        }
    }

    private static Duration[] rpcBuckets(Duration bound) {
        Stream<Duration> usual = Stream.of(5, 25, 100).map(Duration::ofMillis);
        Stream<Duration> parts = Stream.of(25, 50, 80, 100, 150)
                .map(percent -> bound.multipliedBy(percent).dividedBy(100));
        return Stream.concat(usual, parts).toArray(Duration[]::new);
    }

    /** The heap of this process. */
    public HeapPressure heap() {
        return heap;
    }

    /**
     * A unary call was answered or cancelled.
     *
     * @param code the gRPC status
     */
    public void answered(String method, String code, Duration took) {
        rpcs.computeIfAbsent(method, _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(
                        code,
                        _ -> Timer.builder(Metric.RPC.meter())
                                .description(Metric.RPC.description())
                                .tag("method", method)
                                .tag("code", code)
                                .serviceLevelObjectives(rpcBuckets)
                                .register(registry))
                .record(took);
    }

    /** A message was sent on an open stream. */
    public void pushed(String method) {
        counter(Metric.STREAMS_MESSAGES, "method", method).increment();
    }

    /**
     * A stream has ended.
     *
     * @param code the gRPC status; CANCELLED when the client ended it
     */
    public void streamEnded(String method, String code) {
        counter(Metric.STREAMS_ENDED, "method", method, "code", code).increment();
    }

    /** A TLS handshake failed. */
    public void handshakeRefused(String reason) {
        counter(Metric.GRPC_HANDSHAKES_REFUSED, "reason", reason).increment();
    }

    /**
     * A limit of the ports was reached.
     *
     * @param limit one of {@link #LIMITS}
     */
    public void refused(String limit) {
        refusals(limit).increment();
    }

    private Counter refusals(String limit) {
        return refusals.computeIfAbsent(limit, _ -> counter(Metric.REFUSED, "limit", limit));
    }

    /**
     * A read of Redis has ended.
     *
     * @param kind what was read
     * @param outcome {@code OK}, or the reason of the failure
     */
    public void read(String connection, String kind, String outcome, Duration took) {
        reads.computeIfAbsent(
                        new Read(connection, kind, outcome),
                        read -> Timer.builder(Metric.REDIS_READS.meter())
                                .description(Metric.REDIS_READS.description())
                                .tag("connection", read.connection)
                                .tag("kind", read.kind)
                                .tag("outcome", read.outcome)
                                .register(registry))
                .record(took);
    }

    /**
     * Keys were visited for counting by pattern.
     *
     * @param method {@code exact} or {@code estimate}
     */
    public void visited(String connection, String method, long keys, Duration serverTime) {
        counter(Metric.SCAN_KEYS, "connection", connection, "method", method).increment((double) keys);
        counter(Metric.SCAN_SERVER_SECONDS, "connection", connection, "method", method)
                .increment(seconds(serverTime));
    }

    /**
     * A scan of all keys has ended.
     *
     * @param outcome {@code OK}, or the reason why not
     */
    public void scanned(String connection, String outcome, Duration took) {
        Timer.builder(Metric.SCAN.meter())
                .description(Metric.SCAN.description())
                .tag("connection", connection)
                .tag("outcome", outcome)
                .register(registry)
                .record(took);
    }

    /** Sets the configured connections. */
    public void connectionsAre(Set<String> names) {
        configured = names.stream().sorted().toList();
        names.forEach(this::connection);
    }

    /** The statistics of a connection. */
    public ConnectionStats connection(String name) {
        return connections.computeIfAbsent(name, key -> new ConnectionStats(key, registry, clock));
    }

    /** Snapshots of the configured connections, by name. */
    public List<ConnectionSnapshot> connections() {
        return configured.stream().map(name -> connection(name).snapshot()).toList();
    }

    private void writeAvailability(GaugeWriter out) throws IOException {
        out.begin(Metric.REDIS_UP);
        for (String name : configured) {
            Optional<Boolean> available = connection(name).available();
            if (available.isPresent()) {
                out.add(GaugeWriter.Series.of("connection", name), available.get() ? 1 : 0);
            }
        }
    }

    /** Registers a gauge that is read at each scrape. */
    public void gauge(Metric metric, Supplier<Number> value) {
        Gauge.builder(metric.meter(), value).description(metric.description()).register(registry);
    }

    /** Registers a collector that is called at each scrape. */
    public void register(MultiCollector collector) {
        registry.getPrometheusRegistry().register(collector);
    }

    /** Gauges with a series for each trigger, written one gauge at a time. Thread-safe. */
    @FunctionalInterface
    public interface LargeGauges {

        void writeTo(GaugeWriter out, ScrapeDetail detail) throws IOException;
    }

    /** Registers gauges that are too large to hold in memory together. */
    public void registerLarge(LargeGauges gauges) {
        large.add(gauges);
    }

    /** Writes the metrics in Prometheus's text format 0.0.4. */
    public void scrape(OutputStream out, ScrapeDetail detail) throws IOException {
        jvm.join();
        registry.scrape(out);
        var writer = new GaugeWriter(out);
        for (LargeGauges gauges : large) {
            gauges.writeTo(writer, detail);
        }
        writer.flush();
    }

    /** All metrics in Prometheus's text format 0.0.4. */
    public String scrape() {
        var out = new ByteArrayOutputStream();
        try {
            scrape(out, ScrapeDetail.ALL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        jvm.join();
        gc.close();
        registry.close();
    }

    private Counter counter(Metric metric, String... tags) {
        return Counter.builder(metric.meter())
                .description(metric.description())
                .tags(tags)
                .register(registry);
    }

    private static double seconds(Duration duration) {
        return (double) duration.toNanos() / 1e9;
    }
}
