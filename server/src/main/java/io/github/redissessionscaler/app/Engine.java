package io.github.redissessionscaler.app;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.counting.Counter;
import io.github.redissessionscaler.counting.CountingCosts;
import io.github.redissessionscaler.counting.CountingOptions;
import io.github.redissessionscaler.evaluation.Advisor;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.ReadThreads;
import io.github.redissessionscaler.evaluation.Reader;
import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.history.History;
import io.github.redissessionscaler.outage.OutageRules;
import io.github.redissessionscaler.redis.RedisKeyspaces;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.Database;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/**
 * All that finds the answers for triggers, put together: Redis, counting, evaluation. Nobody can ask it from outside the
 * process; that is the {@link Scaler}'s part.
 */
final class Engine implements AutoCloseable {

    final InstantSource clock = new MonotonicClock();
    final Telemetry telemetry;
    final RedisKeyspaces keyspaces;
    final Counter counter;
    final TriggerStates states;
    final RefusedTriggers refused = new RefusedTriggers(clock);
    final Advisor advisor;
    final Evaluator evaluator;
    private final ReadThreads reads;

    /**
     * Connected to nothing yet.
     *
     * @param source its current configuration is heeded where it may change
     * @param background does what no call waits for; belongs to the caller
     * @param history where the course of each trigger is kept
     */
    Engine(ConfigSource source, Background background, History history) {
        this(source, background, history, CountingCosts.NONE);
    }

    /**
     * The same.
     *
     * @param costs is told what counting by pattern costs, beside the metrics
     */
    Engine(ConfigSource source, Background background, History history, CountingCosts costs) {
        ServerConfig config = source.current();
        telemetry = new Telemetry(clock, config.answerTimeout());
        keyspaces = new RedisKeyspaces(config.connections(), config.answerTimeout(), telemetry);
        counter = new Counter(
                keyspaces,
                clock,
                CountingOptions.DEFAULT
                        .withScans(config.countRefresh(), config.countShare())
                        .withFirstCount(config.answerTimeout().multipliedBy(3).dividedBy(4)),
                () -> source.current().patternLimit(),
                new SecureRandom(),
                new MeasuredCosts(telemetry, costs));
        states = new TriggerStates(
                () -> source.current().triggerLimit(), () -> source.current().sessionSize(), history, clock);
        advisor = new Advisor(counter::look, counter::doubts, background.executor("look at keys"), clock);
        reads = new ReadThreads(background.executor("read"));
        evaluator = new Evaluator(
                new Reader(keyspaces, counter, reads, telemetry, clock),
                new OutageRules(() -> source.current().outageGrace(), clock),
                states,
                new ConnectionAccess(() -> source.current().connections(), keyspaces),
                advisor);
    }

    @Override
    public void close() {
        reads.close();
        counter.close();
        keyspaces.close();
        telemetry.close();
    }

    /** Measures what counting costs. */
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
