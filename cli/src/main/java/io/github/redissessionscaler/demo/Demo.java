package io.github.redissessionscaler.demo;

import io.github.redissessionscaler.app.Scaler;
import io.github.redissessionscaler.app.Surroundings;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.RedisVariable;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.embedded.EmbeddedRedis;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.management.DemoText;
import io.github.redissessionscaler.simulation.DurationFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A running demonstration: a private Redis, an application that keeps its sessions there, the scaler as production wires it, and
 * a stand-in for KEDA and the HPA, all in this process but for the Redis, and all on loopback.
 */
public final class Demo implements AutoCloseable {

    /** The shortest day whose outage is an hour of it: a pause of Redis must be longer than some answers take. */
    public static final Duration SHORTEST = Duration.ofMinutes(2);

    private static final Duration ANSWER_TIMEOUT = Duration.ofMillis(400);
    private static final Duration SHORTEST_PAUSE = ANSWER_TIMEOUT.multipliedBy(10);
    private static final Duration PAUSE = Duration.ofHours(1);
    private static final Duration TIME_TO_LIVE = Duration.ofHours(2);
    private static final Duration REMIND_EVERY = Duration.ofMinutes(30);
    private static final Duration UPDATE_EVERY = Duration.ofMillis(100);
    private static final Duration RUN_EVERY = Duration.ofMillis(20);

    /** Discards tasks after {@link #close}. */
    private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(
            4, Thread.ofPlatform().name("demo-", 0).daemon().factory(), new ThreadPoolExecutor.DiscardPolicy());

    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final EmbeddedRedis redis;
    private final Duration length;
    private final Day day;
    private final Duration pause;
    private final Scaler scaler;
    private final DemoApplication application;
    private final Narrator narrator;
    private volatile List<KedaStandIn> standIns = List.of();
    private volatile Optional<RuntimeException> failure = Optional.empty();

    private Demo(EmbeddedRedis redis, Duration length, int managementPort, Consumer<String> out) {
        this.redis = redis;
        this.length = length;
        day = new Day(length);
        scaler = Scaler.start(
                ConfigSource.of(environment(redis, managementPort)),
                _ -> {},
                new Surroundings(this::running, day::now, () -> Optional.of(text())));
        pause = longer(day.toRealTime(PAUSE), SHORTEST_PAUSE);
        Duration timeToLive = longer(TIME_TO_LIVE, day.toDayTime(pause.multipliedBy(2)));
        application = new DemoApplication(day, timeToLive, redis.port());
        application.update();
        narrator = new Narrator(day, application::sessions, out);
        standIns = DemoScaledObject.all(twice(day.toDayTime(pause))).stream()
                .map(shop -> new KedaStandIn(shop, day, scaler.grpcPort(), application::sessions, narrator))
                .toList();
    }

    /**
     * Starts all of it but the day, which {@link #startDay} starts.
     *
     * @param length how long its day takes, at least {@link #SHORTEST}
     * @param managementPort of the scaler's page, 0 for any free one
     * @param out receives what happens, line by line
     * @throws java.io.UncheckedIOException if there is no redis-server for this machine, or the port cannot be had
     */
    public static Demo start(Duration length, int managementPort, Consumer<String> out) {
        EmbeddedRedis redis = EmbeddedRedis.start(0);
        try {
            return new Demo(redis, length, managementPort, out);
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
    }

    /** Describes the demonstration, then starts the day. To be called once. */
    public void startDay() {
        narrator.begin(standIns, length, pause, scaler.managementPort());
        day.begin();
        repeat(application::update, UPDATE_EVERY);
        standIns.forEach(one -> repeat(one::runDue, RUN_EVERY));
        repeat(() -> narrator.remind(REMIND_EVERY), UPDATE_EVERY);
        Duration half = length.dividedBy(2);
        after(half, () -> {
            narrator.paused();
            redis.pause();
        });
        after(half.plus(pause), () -> {
            narrator.resumed();
            redis.resume();
        });
        after(length, () -> narrator.end("The day is over; the page stays until Ctrl-C."));
    }

    private static Map<String, String> environment(EmbeddedRedis redis, int managementPort) {
        return Map.of(
                RedisVariable.REDIS_ADDRESS.name(),
                "127.0.0.1:" + redis.port(),
                Setting.LISTEN_ADDRESS.name(),
                "127.0.0.1",
                Setting.GRPC_PORT.name(),
                "0",
                Setting.MANAGEMENT_PORT.name(),
                String.valueOf(managementPort),
                Setting.ANSWER_TIMEOUT.name(),
                Durations.format(ANSWER_TIMEOUT));
    }

    /** Twice as long, in whole minutes. */
    private static Duration twice(Duration duration) {
        return Duration.ofMinutes(2 * Math.ceilDiv(duration.toSeconds(), 60));
    }

    /** What the page says about the demonstration. */
    private DemoText text() {
        boolean over = !day.now().isBefore(day.end());
        return new DemoText(
                over ? "the day is over" : "a day takes " + DurationFormat.time(length),
                standIns.stream().map(KedaStandIn::summary).toList());
    }

    private OptionalLong running(String namespace, String name) {
        return standIns.stream()
                .filter(one -> namespace.equals(DemoScaledObject.NAMESPACE)
                        && one.shop().name().equals(name))
                .mapToLong(KedaStandIn::replicas)
                .findFirst();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private void repeat(Runnable task, Duration every) {
        var _ = timer.scheduleWithFixedDelay(() -> run(task), every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void after(Duration delay, Runnable task) {
        var _ = timer.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs the task; a failure ends the demonstration, unless it is ending anyway. */
    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            if (!closing.get()) {
                failure = Optional.of(e instanceof RuntimeException known ? known : new IllegalStateException(e));
                ended.countDown();
            }
        }
    }

    /** Where the scaler's page is, on loopback. */
    public int managementPort() {
        return scaler.managementPort();
    }

    /**
     * Waits until {@link #close} is called.
     *
     * @throws RuntimeException if something failed meanwhile
     */
    public void awaitEnd() throws InterruptedException {
        ended.await();
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /** Ends everything and leaves nothing behind. May be called again, and while the JVM ends. */
    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        ended.countDown();
        timer.shutdownNow();
        narrator.end("Ended before the day was over.");
        standIns.forEach(KedaStandIn::close);
        scaler.close();
        application.close();
        redis.close();
    }
}
