package io.github.redissessionscaler.telemetry;

import io.github.redissessionscaler.telemetry.ConnectionSnapshot.ConnectionState;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot.LastFailure;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot.LastOutage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of one Redis connection, over all its servers and databases. Recording is cheap enough for every command.
 * Thread-safe.
 */
public final class ConnectionStats {

    /** Without a read for this long, it is not known whether Redis is available. Triggers are also forgotten after it. */
    static final Duration UNKNOWN_AFTER = Duration.ofMinutes(10);

    /** Weight of a new round trip in the moving average. */
    private static final double NEWEST = 0.1;

    private static final Duration[] BUCKETS = {
        Duration.ofNanos(250_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2)
    };

    private final String name;
    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Timer roundTrips;
    private final Counter connects;
    private final Counter reconnects;
    private final ConcurrentMap<String, Counter> commands = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Counter> failures = new ConcurrentHashMap<>();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final AtomicBoolean evictionsKnown = new AtomicBoolean();
    private volatile long evictedKeys;
    private volatile ConnectionState state = ConnectionState.UNUSED;
    private volatile @Nullable Instant since;
    private volatile @Nullable Instant lastRead;
    private volatile @Nullable String server;
    private volatile double recentNanos;
    private volatile @Nullable LastFailure lastFailure;
    private volatile @Nullable LastOutage lastOutage;
    private volatile String downReason = "";

    ConnectionStats(String name, MeterRegistry registry, InstantSource clock) {
        this.name = name;
        this.registry = registry;
        this.clock = clock;
        roundTrips = Timer.builder(Metric.REDIS_ROUND_TRIP.meter())
                .description(Metric.REDIS_ROUND_TRIP.description())
                .tag("connection", name)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        connects = counter(Metric.REDIS_CONNECTS);
        reconnects = counter(Metric.REDIS_RECONNECTS);
    }

    /** Records commands of one name that were sent. */
    public void sent(String command, long times) {
        commands.computeIfAbsent(command, key -> counter(Metric.REDIS_COMMANDS, "command", key))
                .increment((double) times);
    }

    /** Records a round trip, successful or not. */
    public void roundTrip(long nanos) {
        roundTrips.record(nanos, TimeUnit.NANOSECONDS);
        double before = recentNanos;
        // A concurrent update may be lost, which does not matter for an average.
        recentNanos = before == 0 ? (double) nanos : before + NEWEST * ((double) nanos - before);
    }

    /** A connection was opened. */
    public void connected() {
        connects.increment();
        if (broken.getAndSet(false)) {
            reconnects.increment();
        }
    }

    /** An open connection was lost. */
    public void lost() {
        broken.set(true);
    }

    /** Redis answered a read. */
    public void answered() {
        stateIs(ConnectionState.UP);
    }

    private void stateIs(ConnectionState now) {
        if (state != now) {
            change(now);
        }
        lastRead = clock.instant();
    }

    private synchronized void change(ConnectionState now) {
        if (state == now) {
            return;
        }
        Instant from = since;
        Instant at = clock.instant();
        if (state == ConnectionState.DOWN && from != null) {
            lastOutage = new LastOutage(downReason, from, at);
        }
        since = at;
        state = now;
    }

    /** Records product and version of a server. */
    public void serverIs(String productAndVersion) {
        server = productAndVersion;
    }

    /**
     * A read failed.
     *
     * @param message for an operator, without secrets
     * @param answered whether Redis is available and only this read failed
     */
    public void failed(String reason, String message, boolean answered) {
        unusable(reason, message);
        if (!answered) {
            downReason = reason;
        }
        stateIs(answered ? ConnectionState.UP : ConnectionState.DOWN);
    }

    /**
     * Redis sent something unusable that is no answer to a read, so it does not show whether Redis is available.
     *
     * @param message for an operator, without secrets
     */
    public void unusable(String reason, String message) {
        failures.computeIfAbsent(reason, key -> counter(Metric.REDIS_FAILURES, "reason", key))
                .increment();
        lastFailure = new LastFailure(reason, message, clock.instant());
    }

    /** Records how many keys Redis has evicted since it started. */
    public void evicted(long keys) {
        evictedKeys = keys;
        if (!evictionsKnown.getAndSet(true)) {
            FunctionCounter.builder(Metric.REDIS_EVICTED_KEYS.meter(), this, stats -> (double) stats.evictedKeys)
                    .description(Metric.REDIS_EVICTED_KEYS.description())
                    .tag("connection", name)
                    .register(registry);
        }
    }

    /** The statistics so far. */
    public ConnectionSnapshot snapshot() {
        return new ConnectionSnapshot(
                name,
                state,
                Optional.ofNullable(since),
                Optional.ofNullable(server),
                counts(commands),
                counts(failures),
                Duration.ofNanos((long) recentNanos),
                Duration.ofNanos((long) roundTrips.max(TimeUnit.NANOSECONDS)),
                (long) connects.count(),
                (long) reconnects.count(),
                evictionsKnown.get() ? OptionalLong.of(evictedKeys) : OptionalLong.empty(),
                Optional.ofNullable(lastFailure),
                Optional.ofNullable(lastOutage));
    }

    /** Whether Redis is available; empty if nothing has been read for {@link #UNKNOWN_AFTER}. */
    Optional<Boolean> available() {
        return Optional.ofNullable(lastRead)
                .filter(read -> !read.isBefore(clock.instant().minus(UNKNOWN_AFTER)))
                .map(_ -> state == ConnectionState.UP);
    }

    private Counter counter(Metric metric, String... tags) {
        return Counter.builder(metric.meter())
                .description(metric.description())
                .tag("connection", name)
                .tags(tags)
                .register(registry);
    }

    private static Map<String, Long> counts(Map<String, Counter> counters) {
        return counters.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry ->
                (long) entry.getValue().count()));
    }
}
