package io.github.redissessionscaler.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.background.Background;
import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.counting.pattern.ScanEvents;
import io.github.redissessionscaler.diagnosis.EvictionMonitor;
import io.github.redissessionscaler.diagnosis.LayoutFindings;
import io.github.redissessionscaler.diagnosis.LayoutMonitor;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.evaluation.StubKeyspace;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.history.HistoryBudget;
import io.github.redissessionscaler.history.RunningReplicas;
import io.github.redissessionscaler.keyspace.KeyspaceEvents;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.RedisReader;
import io.github.redissessionscaler.reading.SourceCounter;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams whose work is disturbed by errors that nobody expects. */
final class StreamHubTest {

    private static final Duration OFTEN = Duration.ofMillis(10);
    private static final Duration NEVER = Duration.ofHours(1);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Background background = new Background(threads);
    private final StubKeyspace keyspace = new StubKeyspace();
    private final InstantSource clock = InstantSource.system();
    private final Telemetry telemetry = new Telemetry(clock, Duration.ofSeconds(2));
    private final SourceCounter counter = new SourceCounter(_ -> keyspace, clock);
    private final Evaluator evaluator = new Evaluator(
            new RedisReader(_ -> keyspace, counter, threads, telemetry, clock),
            new OutagePolicy(() -> Duration.ZERO, clock),
            new TriggerStates(() -> 10, () -> 100, HistoryBudget.unrecorded(RunningReplicas.UNKNOWN), clock),
            _ -> {},
            new LayoutMonitor((_, _) -> LayoutFindings.NONE, _ -> List.of(), threads, clock),
            new EvictionMonitor(_ -> keyspace, threads, telemetry, clock));
    private final ScanEvents scanEvents = new ScanEvents();
    private final Recorder client = new Recorder();

    @AfterEach
    void close() {
        background.close();
        counter.close();
        telemetry.close();
        threads.shutdownNow();
    }

    @Test
    void roundsGoOnAfterAnError() {
        keyspace.size(() -> 1L);
        try (StreamHub hub = hub(NEVER)) {
            var _ = open(hub);
            await().until(() -> client.sent.equals(List.of(true)));
            var errors = new AtomicInteger();
            keyspace.size(() -> {
                errors.incrementAndGet();
                throw new StackOverflowError();
            });
            await().until(() -> errors.get() > 2);

            keyspace.size(() -> 0L);

            await().until(() -> client.sent.equals(List.of(true, false)));
        }
    }

    @Test
    void aRoundThatEndsWithAnErrorIsFollowedByAnother() {
        keyspace.size(() -> 1L);
        try (StreamHub hub = hub(NEVER)) {
            var _ = open(hub);
            await().until(() -> client.sent.equals(List.of(true)));
            client.broken = new OutOfMemoryError("unable to create native thread");
            keyspace.size(() -> 0L);
            await().until(() -> InternalErrors.counts().getOrDefault("push", 0L) > 0);

            client.broken = null;
            keyspace.size(() -> 1L);

            await().until(() -> client.sent.size() > 1);
            assertThat(client.sent).contains(true);
        }
    }

    @Test
    void heartbeatsGoOnAfterAnError() {
        keyspace.size(() -> 1L);
        try (StreamHub hub = hub(OFTEN)) {
            var _ = open(hub);
            await().until(() -> client.sent.size() > 2);
            client.broken = new StackOverflowError();
            await().until(() -> InternalErrors.counts().getOrDefault("push heartbeat", 0L) > 2);

            client.broken = null;
            int before = client.sent.size();

            await().until(() -> client.sent.size() > before + 2);
        }
    }

    @Test
    void aRoundThatWasPlannedAnewIsNotRunTwice() throws InterruptedException {
        var reads = new AtomicInteger();
        keyspace.size(() -> (long) reads.incrementAndGet());
        var held = new HeldThreads();
        List<KeyspaceEvents.Listener> listeners = new CopyOnWriteArrayList<>();
        try (var late = new Background(held);
                StreamHub hub = hub(NEVER, late, (_, given) -> {
                    listeners.add(given);
                    return () -> {};
                })) {
            var _ = open(hub);
            held.next().run();
            assertThat(client.sent).containsExactly(true);
            Runnable cancelledTooLate = held.next();
            listeners.getFirst().event();
            Runnable planned = held.next();
            int before = reads.get();

            cancelledTooLate.run();
            assertThat(reads).hasValue(before);
            planned.run();
            assertThat(reads).hasValue(before + 1);

            Runnable following = held.next();
            assertThat(held.waiting).isEmpty();
            following.run();
            assertThat(reads).hasValue(before + 2);
        }
    }

    /** Subscribing takes a connection to Redis; a stranger may open and cancel streams without end. */
    @Test
    void streamsThatAreCancelledAtOnceSubscribeOnceAndReadNothing() throws InterruptedException {
        var reads = new AtomicInteger();
        keyspace.size(() -> (long) reads.incrementAndGet());
        var held = new HeldThreads();
        var subscribed = new AtomicInteger();
        var unsubscribed = new AtomicInteger();
        try (var late = new Background(held);
                StreamHub hub = hub(NEVER, late, (_, _) -> {
                    subscribed.incrementAndGet();
                    return unsubscribed::incrementAndGet;
                })) {
            for (int i = 0; i < 100; i++) {
                open(hub).cancel();
            }
            assertThat(hub.openStreams()).isZero();

            held.next().run();
            held.next().run();

            assertThat(subscribed).hasValue(1);
            assertThat(unsubscribed).hasValue(1);
            assertThat(reads).hasValue(0);
            assertThat(client.sent).isEmpty();
        }
    }

    @Test
    void anEarlierRoundChangesNothingAfterALaterOne() {
        keyspace.size(() -> 0L);
        try (StreamHub hub = hub(NEVER)) {
            ActivityStream stream = hub.watchActivity(ref(), client);
            ActivityStream other = hub.watchActivity(ref(), new Recorder());
            Round earlier = Round.begin(evaluator);
            other.refresh(earlier, Deadline.in(NEVER));
            keyspace.size(() -> 1L);

            stream.refresh(Round.begin(evaluator), Deadline.in(NEVER));
            stream.refresh(earlier, Deadline.in(NEVER));

            assertThat(client.sent).containsExactly(true);
        }
    }

    @Test
    void anEventDuringTheRoundOfTheLastStreamDoesNotDelayLaterEvents() throws InterruptedException {
        keyspace.size(() -> 1L);
        var held = new HeldThreads();
        List<KeyspaceEvents.Listener> listeners = new CopyOnWriteArrayList<>();
        KeyspaceEvents events = (_, given) -> {
            listeners.add(given);
            return () -> {};
        };
        try (var late = new Background(held);
                StreamHub hub = hub(new PushSettings(NEVER, NEVER, NEVER, Duration.ofMinutes(1)), late, events)) {
            ActivityStream last = open(hub);
            held.next().run();
            listeners.getFirst().event();
            keyspace.size(() -> {
                listeners.getFirst().event();
                last.cancel();
                return 1L;
            });
            held.next().run();

            keyspace.size(() -> 1L);
            var _ = open(hub);
            held.next().run();
            listeners.getLast().event();

            assertThat(listeners).hasSize(2);
            held.next().run();
        }
    }

    private StreamHub hub(Duration heartbeat) {
        return hub(heartbeat, background, (_, _) -> () -> {});
    }

    private StreamHub hub(Duration heartbeat, Background own, KeyspaceEvents events) {
        return hub(new PushSettings(heartbeat, OFTEN, OFTEN, Duration.ofMinutes(1)), own, events);
    }

    private StreamHub hub(PushSettings settings, Background own, KeyspaceEvents events) {
        return new StreamHub(evaluator, events, _ -> {}, scanEvents, settings, () -> 10, own);
    }

    private ActivityStream open(StreamHub hub) {
        ActivityStream stream = hub.watchActivity(ref(), client);
        stream.open();
        return stream;
    }

    private static TriggerRef ref() {
        return new TriggerRef("shop", "web", TriggerParser.parse(Map.of("activationSessionSize", "0")));
    }

    /** Threads that take their time to start: a test runs what they would. */
    private static final class HeldThreads extends AbstractExecutorService {

        private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

        Runnable next() throws InterruptedException {
            Runnable task = waiting.poll(30, TimeUnit.SECONDS);
            assertThat(task).isNotNull();
            return task;
        }

        @Override
        public void execute(Runnable task) {
            waiting.add(task);
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }

    private static final class Recorder implements StreamClient {

        private final List<Boolean> sent = new CopyOnWriteArrayList<>();
        private volatile @Nullable Error broken;

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(boolean value) {
            Error error = broken;
            if (error != null) {
                throw error;
            }
            sent.add(value);
        }

        @Override
        public void end() {}

        @Override
        public void fail(RuntimeException reason) {
            throw reason;
        }
    }
}
