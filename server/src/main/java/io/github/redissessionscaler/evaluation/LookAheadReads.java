package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.forecast.Forecast;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Reads the sessions of triggers with {@code lookAhead} at each {@link Forecast#INTERVAL}, whether KEDA asks or not. Only numbers
 * that Redis keeps are read: counts by pattern cost more, and reach the forecast when KEDA asks for them. Thread-safe.
 */
public final class LookAheadReads {

    /** Name of the background work. */
    public static final String TASK = "looking ahead";

    private final Evaluator evaluator;
    private final TriggerStates states;
    private final Executor executor;
    private final Duration answerTimeout;
    private final Set<Database> running = ConcurrentHashMap.newKeySet();

    /**
     * Reads nothing yet.
     *
     * @param executor runs a round, which waits for its reads
     * @param answerTimeout time limit of a read
     */
    public LookAheadReads(Evaluator evaluator, TriggerStates states, Executor executor, Duration answerTimeout) {
        this.evaluator = evaluator;
        this.states = states;
        this.executor = executor;
        this.answerTimeout = answerTimeout;
    }

    /** Reads from now on, at whole multiples of the interval since 1970, as the other replicas of the scaler do. */
    public void start(Background background, InstantSource clock) {
        long interval = Forecast.INTERVAL.toMillis();
        long first = interval - Math.floorMod(clock.millis(), interval);
        var _ = background.after(TASK, Duration.ofMillis(first), () -> {
            var _ = background.every(TASK, Forecast.INTERVAL, this::read);
            read();
        });
    }

    /** Reads the triggers of each database in one round on its own thread. Skips databases whose last round still runs. */
    void read() {
        Map<Database, List<TriggerState>> due = states.all().stream()
                .filter(TriggerState::looksAhead)
                .filter(state -> isKeptByRedis(state.ref().trigger().source()))
                .collect(Collectors.groupingBy(
                        state -> state.ref().trigger().source().database()));
        due.forEach((database, triggers) -> {
            if (running.add(database)) {
                executor.execute(() -> readAll(database, triggers));
            }
        });
    }

    private void readAll(Database database, List<TriggerState> triggers) {
        try {
            Evaluator once = evaluator.forOneRound();
            triggers.forEach(state -> once.readAhead(state, Deadline.in(answerTimeout)));
        } finally {
            running.remove(database);
        }
    }

    private static boolean isKeptByRedis(Source source) {
        return source.parts().stream().noneMatch(part -> part.query() instanceof CountQuery.MatchingKeys);
    }
}
