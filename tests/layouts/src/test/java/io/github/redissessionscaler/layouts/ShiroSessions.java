package io.github.redissessionscaler.layouts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Set;
import org.apache.shiro.session.Session;
import org.apache.shiro.session.mgt.DefaultSessionContext;
import org.apache.shiro.session.mgt.DefaultSessionKey;
import org.apache.shiro.session.mgt.DefaultSessionManager;
import org.crazycake.shiro.IRedisManager;
import org.crazycake.shiro.RedisSessionDAO;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/** Apache Shiro with shiro-redis. */
final class ShiroSessions implements SessionLibrary {

    private final DefaultSessionManager manager = new DefaultSessionManager();
    private final String prefix;
    private final Jedis redis;

    ShiroSessions(int port, String prefix) {
        this.prefix = prefix;
        redis = new Jedis("127.0.0.1", port);
        var sessions = new RedisSessionDAO();
        sessions.setRedisManager(new JedisManager(redis));
        sessions.setKeyPrefix(prefix);
        sessions.setSessionInMemoryEnabled(false);
        manager.setSessionDAO(sessions);
        manager.setSessionValidationSchedulerEnabled(false);
    }

    @Override
    public String login(String user, Duration timeout) {
        Session session = manager.start(new DefaultSessionContext());
        session.setTimeout(timeout.toMillis());
        session.setAttribute("user", user);
        return session.getId().toString();
    }

    /** Shiro changes no id, so the user gets another session. */
    @Override
    public String rotate(String id) {
        logout(id);
        return login("rotated", Duration.ofMinutes(30));
    }

    @Override
    public void logout(String id) {
        manager.stop(new DefaultSessionKey(id));
    }

    /** Asked of Redis, since Shiro would throw. */
    @Override
    public boolean isAlive(String id) {
        return redis.exists(prefix + id);
    }

    @Override
    public void close() {
        manager.destroy();
        redis.close();
    }

    /** What shiro-redis calls to read and write; its own one needs a Redis client of years ago. */
    private record JedisManager(Jedis redis) implements IRedisManager {

        @Override
        public byte[] get(byte[] key) {
            return redis.get(key);
        }

        @Override
        public byte[] set(byte[] key, byte[] value, int seconds) {
            redis.set(key, value, seconds > 0 ? SetParams.setParams().ex(seconds) : SetParams.setParams());
            return value;
        }

        @Override
        public void del(byte[] key) {
            redis.del(key);
        }

        @Override
        public Long dbSize(byte[] pattern) {
            return (long) keys(pattern).size();
        }

        @Override
        public Set<byte[]> keys(byte[] pattern) {
            return Set.copyOf(redis.keys(new String(pattern, UTF_8)).stream()
                    .map(key -> key.getBytes(UTF_8))
                    .toList());
        }
    }
}
