package io.github.redissessionscaler.app;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.counting.pattern.CountingCosts;
import io.github.redissessionscaler.counting.pattern.CountingOptions;
import io.github.redissessionscaler.counting.pattern.ScanEvents;
import io.github.redissessionscaler.diagnosis.EvictionMonitor;
import io.github.redissessionscaler.diagnosis.LayoutInspector;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.reading.ReadExecutor;
import io.github.redissessionscaler.reading.RedisReader;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Database;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/** Evaluates triggers: connects Redis, counting and evaluation. The {@link Scaler} adds the servers. */
final class Engine implements AutoCloseable {

    final InstantSource clock;
    final Telemetry telemetry;
    final RedisKeyspaces keyspaces;
    final ScanEvents scanEvents = new ScanEvents();
    final SourceCounter counter;
    final TriggerStates states;
    final RefusedTriggers refused;
    final LayoutInspector inspector;
    final LayoutMonitor layoutMonitor;
    final OutagePolicy outagePolicy;
    final Evaluator evaluator;
    private final ReadExecutor reads;

    /**
     * Connects at first use.
     *
     * @param source provides the current configuration
     * @param background runs background work; the caller closes it
     * @param history creates the history of each trigger
     * @param clock a monotonic clock
     */
    Engine(ConfigSource source, Background background, HistoryBudget history, InstantSource clock) {
        this(source, background, history, clock, CountingCosts.NONE);
    }

    /**
     * Connects at first use.
     *
     * @param costs records the cost of counting by pattern, besides the metrics
     */
    Engine(
            ConfigSource source,
            Background background,
            HistoryBudget history,
            InstantSource clock,
            CountingCosts costs) {
        this.clock = clock;
        refused = new RefusedTriggers(clock);
        ServerConfig config = source.current();
        telemetry = new Telemetry(clock, config.answerTimeout());
        telemetry.connectionsAre(config.connections().keySet());
        keyspaces = new RedisKeyspaces(() -> source.current().connections(), config.answerTimeout(), telemetry);
        counter = new SourceCounter(
                keyspaces,
                clock,
                CountingOptions.DEFAULT
                        .withScans(config.countRefresh(), config.countShare())
                        .withFirstCount(config.answerTimeout().multipliedBy(3).dividedBy(4)),
                () -> source.current().patternLimit(),
                new MeasuredCosts(telemetry, costs),
                scanEvents);
        states = new TriggerStates(
                () -> source.current().triggerLimit(), () -> source.current().sessionSize(), history, clock);
        inspector = new LayoutInspector(keyspaces, counter, new SecureRandom());
        layoutMonitor =
                new LayoutMonitor(inspector::findings, counter::doubts, background.executor("look at keys"), clock);
        reads = new ReadExecutor(background.executor("read"));
        outagePolicy = new OutagePolicy(() -> source.current().outageGrace(), clock);
        evaluator = new Evaluator(
                new RedisReader(keyspaces, counter, reads, telemetry, clock),
                outagePolicy,
                states,
                new ConnectionAccess(() -> source.current().connections(), keyspaces),
                layoutMonitor,
                new EvictionMonitor(keyspaces, reads, telemetry, clock));
    }

    @Override
    public void close() {
        reads.close();
        counter.close();
        keyspaces.close();
        telemetry.close();
    }

    /** Records the cost of counting as metrics. */
    private record MeasuredCosts(Telemetry telemetry, CountingCosts also) implements CountingCosts {

        @Override
        public void visited(Database database, Method method, long keys, long serverNanos) {
            also.visited(database, method, keys, serverNanos);
            telemetry.visited(
                    database.connection(), method.name().toLowerCase(Locale.ROOT), keys, Duration.ofNanos(serverNanos));
        }

        @Override
        public void scanned(Database database, Duration took, String outcome) {
            also.scanned(database, took, outcome);
            telemetry.scanned(database.connection(), outcome, took);
        }
    }
}
