package io.github.redissessionscaler.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * A web application whose users log in, stay for a while, and leave. A session is a key with a time to live, which its user's
 * requests renew; a logout deletes it, otherwise it expires. While Redis does not answer, nothing
 * changes. For one thread, except for {@link #sessions}.
 */
final class DemoApplication implements AutoCloseable {

    private static final Duration USUAL_STAY = Duration.ofMinutes(40);
    private static final double LOG_OUT = 0.85;
    private static final int RENEWALS_IN_A_LIFE = 4;
    private static final int PATIENCE_MILLIS = 200;

    /** The same people every day. */
    private static final long SEED = 20;

    private final Day day;
    private final Duration timeToLive;
    private final HostAndPort address;
    private final Random random = new Random(SEED);
    private Optional<Jedis> connection = Optional.empty();
    private Instant renewed = Instant.EPOCH;

    /** Until when each user stays, in the order of their coming. */
    private final Map<String, Instant> present = new LinkedHashMap<>();

    /** When the sessions without a logout expire, in that order. */
    private final Deque<Instant> left = new ArrayDeque<>();

    private volatile long sessions;

    /**
     * An application without sessions.
     *
     * @param timeToLive of a session, in the time of the day
     * @param redisPort on loopback
     */
    DemoApplication(Day day, Duration timeToLive, int redisPort) {
        this.day = day;
        this.timeToLive = timeToLive;
        this.address = new HostAndPort("127.0.0.1", redisPort);
    }

    /** How many sessions there are. Thread-safe. */
    long sessions() {
        return sessions;
    }

    /** Lets everything happen that is due. */
    void update() {
        try {
            Jedis redis = connection.orElseGet(this::connect);
            connection = Optional.of(redis);
            redis.ping();
            Instant now = day.now();
            try (Pipeline commands = redis.pipelined()) {
                removeDeparted(now, commands);
                addArrivals(now, commands);
                renew(now, commands);
                commands.sync();
            }
            sessions = alive();
        } catch (JedisException e) {
            close();
        }
    }

    /** Has Redis look for expired keys more often, since the day passes faster than Redis expects. */
    private Jedis connect() {
        var redis = new Jedis(
                address,
                DefaultJedisClientConfig.builder()
                        .resp2()
                        .autoNegotiateProtocol(false)
                        .timeoutMillis(PATIENCE_MILLIS)
                        .build());
        redis.configSet("hz", "500");
        redis.configSet("active-expire-effort", "10");
        return redis;
    }

    private long alive() {
        return (long) present.size() + left.size();
    }

    /** Those whose time has come, and the earliest when there are more than want to be there. */
    private void removeDeparted(Instant now, Pipeline commands) {
        while (!left.isEmpty() && left.getFirst().isBefore(now)) {
            left.removeFirst();
        }
        long tooMany = alive() - day.sessions();
        for (Iterator<Map.Entry<String, Instant>> each = present.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<String, Instant> session = each.next();
            boolean surplus = tooMany > 0;
            if (!surplus && now.isBefore(session.getValue())) {
                continue;
            }
            if (surplus || random.nextDouble() < LOG_OUT) {
                commands.del(session.getKey());
                tooMany--;
            } else {
                renew(session.getKey(), commands);
                left.add(now.plus(timeToLive));
            }
            each.remove();
        }
    }

    private void addArrivals(Instant now, Pipeline commands) {
        for (long missing = day.sessions() - alive(); missing > 0; missing--) {
            String key = "session:" + new UUID(random.nextLong(), random.nextLong());
            commands.set(
                    key,
                    "user",
                    SetParams.setParams().px(day.toRealTime(timeToLive).toMillis()));
            present.put(key, now.plus(stay()));
        }
    }

    /** Most leave soon, some stay for long. */
    private Duration stay() {
        return Duration.ofMillis((long) (-Math.log(1 - random.nextDouble()) * (double) USUAL_STAY.toMillis()));
    }

    private void renew(Instant now, Pipeline commands) {
        if (renewed.plus(timeToLive.dividedBy(RENEWALS_IN_A_LIFE)).isAfter(now)) {
            return;
        }
        renewed = now;
        present.keySet().forEach(key -> renew(key, commands));
    }

    private void renew(String key, Pipeline commands) {
        commands.pexpire(key, day.toRealTime(timeToLive).toMillis());
    }

    @Override
    public void close() {
        connection.ifPresent(Jedis::close);
        connection = Optional.empty();
    }
}
