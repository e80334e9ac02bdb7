package io.github.redissessionscaler.telemetry;

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The metrics of the scaler for Prometheus. Thread-safe. */
public final class Telemetry implements AutoCloseable {

    /** Prefix of all metric names. */
    public static final String PREFIX = "redis_session_scaler_";

    /** The prefix in Micrometer's notation. */
    static final String METERS = "redis.session.scaler.";

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
    private volatile Set<String> configured = Set.of();

    /**
     * Registers the metrics of the JVM.
     *
     * @param clock for the time of failures
     * @param answerBound time limit of calls, which is also a bucket of their histogram
     */
    public Telemetry(InstantSource clock, Duration answerBound) {
        this.clock = clock;
        this.rpcBuckets = rpcBuckets(answerBound);
        for (MeterBinder jvm : List.of(
                new ClassLoaderMetrics(),
                new JvmInfoMetrics(),
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                gc,
                new FileDescriptorMetrics(),
                new ProcessorMetrics(),
                new UptimeMetrics())) {
            jvm.bindTo(registry);
        }
        register(new InternalErrorMetrics());
        LIMITS.forEach(this::refusals);
        Gauge.builder(METERS + "build.info", () -> 1)
                .description("Always 1; the labels name the versions of the scaler and of Java")
                .tag("version", BuildInfo.version())
                .tag("java", Runtime.version().toString())
                .register(registry);
        gauge("heap.live.ratio", "Share of the heap in use after the last full collection, 0 to 1", heap::share);
        Gauge.builder(METERS + "answer.timeout.seconds", () -> seconds(answerBound))
                .description("Time limit of a call, ANSWER_TIMEOUT")
                .register(registry);
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
                        _ -> Timer.builder(METERS + "rpc")
                                .description("Unary calls, from request to response")
                                .tag("method", method)
                                .tag("code", code)
                                .serviceLevelObjectives(rpcBuckets)
                                .register(registry))
                .record(took);
    }

    /** A message was sent on an open stream. */
    public void pushed(String method) {
        counter("streams.messages", "Messages sent on open streams", "method", method)
                .increment();
    }

    /**
     * A stream has ended.
     *
     * @param code the gRPC status; CANCELLED when the client ended it
     */
    public void streamEnded(String method, String code) {
        counter("streams.ended", "Streams ended", "method", method, "code", code)
                .increment();
    }

    /** A TLS handshake failed. */
    public void handshakeRefused(String reason) {
        counter("grpc.handshakes.refused", "Failed TLS handshakes of clients", "reason", reason)
                .increment();
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
        return refusals.computeIfAbsent(
                limit,
                _ -> counter(
                        "refused",
                        "Calls and connections refused or closed because a limit of the ports was reached",
                        "limit",
                        limit));
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
                        read -> Timer.builder(METERS + "redis.reads")
                                .description("Reads of Redis; one may serve several calls")
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
        counter("scan.keys", "Keys visited for counting by pattern", "connection", connection, "method", method)
                .increment((double) keys);
        counter(
                        "scan.server.seconds",
                        "Time that Redis spent on counting by pattern, estimated from response times",
                        "connection",
                        connection,
                        "method",
                        method)
                .increment(seconds(serverTime));
    }

    /**
     * A scan of all keys has ended.
     *
     * @param outcome {@code OK}, or the reason why not
     */
    public void scanned(String connection, String outcome, Duration took) {
        Timer.builder(METERS + "scan")
                .description(
                        "Full scans of a database; MOVED if keys moved between primaries during the scan, so that it"
                                + " was discarded; UNUSED if its patterns were no longer used, so that it was ended")
                .tag("connection", connection)
                .tag("outcome", outcome)
                .register(registry)
                .record(took);
    }

    /** Sets the configured connections. */
    public void connectionsAre(Set<String> names) {
        configured = Set.copyOf(names);
        names.forEach(this::connection);
    }

    /** The statistics of a connection. */
    public ConnectionStats connection(String name) {
        return connections.computeIfAbsent(name, key -> new ConnectionStats(key, registry, clock));
    }

    /** Snapshots of the configured connections, by name. */
    public List<ConnectionSnapshot> connections() {
        return configured.stream()
                .sorted()
                .map(name -> connection(name).snapshot())
                .toList();
    }

    /** Registers a gauge that is read at each scrape. */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(METERS + name, value).description(description).register(registry);
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
        gc.close();
        registry.close();
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(METERS + name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static double seconds(Duration duration) {
        return (double) duration.toNanos() / 1e9;
    }
}
