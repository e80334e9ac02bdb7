package io.github.redissessionscaler.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What the scaler measures of itself, for Prometheus. Thread-safe. */
public final class Telemetry {

    /** How every name of ours begins. */
    public static final String PREFIX = "redis_session_scaler_";

    private record Rpc(String method, String code) {}

    private record Read(String connection, String kind, String outcome) {}

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ConcurrentMap<Rpc, Timer> rpcs = new ConcurrentHashMap<>();
    private final ConcurrentMap<Rpc, Counter> streams = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Counter> handshakes = new ConcurrentHashMap<>();
    private final ConcurrentMap<Read, Timer> reads = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ConnectionStats> connections = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private volatile Set<String> configured = Set.of();

    /**
     * Measures the JVM from the start.
     *
     * @param clock tells when something failed
     */
    public Telemetry(InstantSource clock) {
        this.clock = clock;
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /**
     * A unary call was answered.
     *
     * @param code the gRPC status
     */
    public void answered(String method, String code, long nanos) {
        rpcs.computeIfAbsent(
                        new Rpc(method, code),
                        rpc -> Timer.builder("redis.session.scaler.rpc")
                                .description("Unary calls, from their arrival to their answer")
                                .tag("method", rpc.method)
                                .tag("code", rpc.code)
                                .publishPercentileHistogram(false)
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * The scaler has ended a stream, or refused it.
     *
     * @param code the gRPC status
     */
    public void streamEnded(String method, String code) {
        streams.computeIfAbsent(
                        new Rpc(method, code),
                        rpc -> Counter.builder("redis.session.scaler.streams.ended")
                                .description("Streams that the scaler has ended or refused, by the status it gave")
                                .tag("method", rpc.method)
                                .tag("code", rpc.code)
                                .register(registry))
                .increment();
    }

    /** A client was refused in the TLS handshake. */
    public void handshakeRefused(String reason) {
        handshakes
                .computeIfAbsent(
                        reason,
                        _ -> Counter.builder("redis.session.scaler.grpc.handshakes.refused")
                                .description("Clients that were refused in the TLS handshake")
                                .tag("reason", reason)
                                .register(registry))
                .increment();
    }

    /**
     * A read of Redis has ended.
     *
     * @param kind what was read
     * @param outcome {@code OK}, or the reason why not
     */
    public void read(String connection, String kind, String outcome, long nanos) {
        reads.computeIfAbsent(
                        new Read(connection, kind, outcome),
                        read -> Timer.builder("redis.session.scaler.redis.reads")
                                .description("Reads of Redis, each shared by all who wait for it")
                                .tag("connection", read.connection)
                                .tag("kind", read.kind)
                                .tag("outcome", read.outcome)
                                .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** From now on these are the connections that the configuration names. */
    public void connectionsAre(Set<String> names) {
        configured = Set.copyOf(names);
        names.forEach(this::connection);
    }

    /** What is measured of a connection. */
    public ConnectionStats connection(String name) {
        return connections.computeIfAbsent(name, key -> new ConnectionStats(key, registry, clock));
    }

    /** What was seen of each connection that the configuration names, by name. */
    public List<ConnectionSnapshot> connections() {
        return configured.stream()
                .sorted()
                .map(name -> connection(name).snapshot())
                .toList();
    }

    /** Measures a number whenever it is asked for. */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder("redis.session.scaler." + name, value)
                .description(description)
                .register(registry);
    }

    /** Adds what is made up anew at each scrape. */
    public void register(MultiCollector collector) {
        registry.getPrometheusRegistry().register(collector);
    }

    /** Everything in Prometheus's text format 0.0.4. */
    public String scrape() {
        return registry.scrape();
    }
}
