package io.github.redissessionscaler.browser;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.diagnosis.EvictionMonitor;
import io.github.redissessionscaler.diagnosis.LayoutFindings;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.management.DemoText;
import io.github.redissessionscaler.management.ManagementServer;
import io.github.redissessionscaler.management.StatusPage;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.Observations;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.reading.RedisReader;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A status page over a real Redis, whose clock the test moves, so that hours are recorded in seconds. */
final class RecordedPage implements AutoCloseable, InstantSource {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RedisKeyspaces keyspaces;
    private final SourceCounter counter;
    private final Evaluator evaluator;
    private final RefusedTriggers refused;
    private volatile Optional<DemoText> demo = Optional.empty();
    private final ManagementServer management;
    private volatile Instant now;

    RecordedPage(int redisPort, Instant start) {
        this(redisPort, start, Observations.NONE);
    }

    /**
     * A page.
     *
     * @param observed what the Kubernetes API says
     */
    RecordedPage(int redisPort, Instant start, Observations observed) {
        now = start;
        var telemetry = new Telemetry(this, Duration.ofSeconds(2));
        var connections = ConfigLoader.load(Map.of("REDIS_ADDRESS", "127.0.0.1:" + redisPort))
                .connections();
        telemetry.connectionsAre(connections.keySet());
        keyspaces = new RedisKeyspaces(() -> connections, Duration.ofSeconds(5), telemetry);
        counter = new SourceCounter(keyspaces, this);
        var states = new TriggerStates(
                () -> 20_000,
                () -> 100,
                HistoryBudget.recorded((namespace, name) ->
                        observed.of(namespace, name).map(Observation::replicas).orElseGet(OptionalLong::empty)),
                this);
        var policy = new OutagePolicy(() -> Duration.ZERO, this);
        refused = new RefusedTriggers(this);
        var layoutMonitor = new LayoutMonitor((_, _) -> LayoutFindings.NONE, _ -> List.of(), threads, this);
        evaluator = new Evaluator(
                new RedisReader(keyspaces, counter, threads, telemetry, this),
                policy,
                states,
                _ -> {},
                layoutMonitor,
                new EvictionMonitor(keyspaces, threads, telemetry, this));
        management = ManagementServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> true,
                telemetry::scrape,
                Optional.of(new StatusPage(
                        states,
                        refused,
                        trigger -> layoutMonitor.findings(trigger).advice(),
                        counter::progress,
                        telemetry::connections,
                        () -> connections,
                        policy,
                        observed,
                        () -> demo,
                        this)),
                Set.of(),
                telemetry,
                threads);
    }

    String url() {
        return "http://127.0.0.1:" + management.port() + "/";
    }

    @Override
    public Instant instant() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Asks as KEDA does. */
    void poll(String namespace, String name, Map<String, String> metadata) {
        var ref = new TriggerRef(namespace, name, TriggerParser.parse(metadata));
        var deadline = Deadline.in(Duration.ofSeconds(5));
        try {
            Futures.await(evaluator.value(ref, deadline));
            Futures.await(evaluator.active(ref, deadline));
        } catch (UnavailableException e) {
            // the trigger wants an error during an outage
        }
    }

    /** Makes it the page of a demonstration. */
    void demonstrates(DemoText text) {
        demo = Optional.of(text);
    }

    /** Refuses a trigger. */
    void refuse(String namespace, String name, String reason) {
        refused.refused(namespace, name, reason);
    }

    @Override
    public void close() {
        management.close();
        counter.close();
        keyspaces.close();
        threads.shutdownNow();
    }
}
