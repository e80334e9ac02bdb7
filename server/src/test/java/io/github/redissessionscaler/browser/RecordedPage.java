package io.github.redissessionscaler.browser;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.counting.Counter;
import io.github.redissessionscaler.counting.LayoutFindings;
import io.github.redissessionscaler.evaluation.Advisor;
import io.github.redissessionscaler.evaluation.Asked;
import io.github.redissessionscaler.evaluation.Deadline;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.Futures;
import io.github.redissessionscaler.evaluation.Reader;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.history.History;
import io.github.redissessionscaler.history.Instances;
import io.github.redissessionscaler.management.ManagementServer;
import io.github.redissessionscaler.management.StatusPage;
import io.github.redissessionscaler.outage.OutageRules;
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
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A status page over a real Redis, whose clock the test moves, so that hours are recorded in seconds. */
final class RecordedPage implements AutoCloseable, InstantSource {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RedisKeyspaces keyspaces;
    private final Counter counter;
    private final Evaluator evaluator;
    private final ManagementServer management;
    private volatile Instant now;

    RecordedPage(int redisPort, Instant start) {
        now = start;
        var telemetry = new Telemetry(this, Duration.ofSeconds(2));
        keyspaces = new RedisKeyspaces(
                ConfigLoader.load(Map.of("REDIS_ADDRESS", "127.0.0.1:" + redisPort))
                        .connections(),
                Duration.ofSeconds(5),
                telemetry);
        counter = new Counter(keyspaces, this);
        var states = new TriggerStates(() -> 1000, () -> 100, History.recorded(Instances.UNKNOWN), this);
        var advisor = new Advisor((_, _) -> LayoutFindings.NONE, _ -> List.of(), threads, this);
        evaluator = new Evaluator(
                new Reader(keyspaces, counter, threads, telemetry, this),
                new OutageRules(() -> Duration.ZERO, this),
                states,
                (_, _) -> {},
                advisor);
        management = ManagementServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> true,
                telemetry::scrape,
                Optional.of(new StatusPage(
                        states,
                        trigger -> advisor.findings(trigger).advice(),
                        counter::progress,
                        telemetry::connections,
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
        var asked = new Asked(namespace, name, TriggerParser.parse(metadata));
        var deadline = Deadline.in(Duration.ofSeconds(5));
        try {
            Futures.await(evaluator.value(asked, deadline));
            Futures.await(evaluator.active(asked, deadline));
        } catch (UnavailableException e) {
            // the trigger wants an error during an outage
        }
    }

    @Override
    public void close() {
        management.close();
        counter.close();
        keyspaces.close();
        threads.shutdownNow();
    }
}
