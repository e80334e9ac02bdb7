package io.github.redissessionscaler.layouts;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Session;
import io.vertx.ext.web.sstore.SessionStore;
import io.vertx.ext.web.sstore.redis.RedisSessionStore;
import io.vertx.redis.client.Redis;
import java.time.Duration;
import redis.clients.jedis.Jedis;

/** Vert.x with sessions in Redis, each under its bare id. */
final class VertxSessions implements SessionLibrary {

    private final Vertx vertx = Vertx.vertx();
    private final SessionStore sessions;
    private final Jedis redis;

    VertxSessions(int port) {
        sessions = RedisSessionStore.create(vertx, Redis.createClient(vertx, "redis://127.0.0.1:" + port));
        redis = new Jedis("127.0.0.1", port);
    }

    @Override
    public String login(String user, Duration timeout) {
        Session session = sessions.createSession(timeout.toMillis());
        session.put("user", user);
        await(sessions.put(session));
        return session.id();
    }

    /** What Vert.x does at the end of a request that asked for another id. */
    @Override
    public String rotate(String id) {
        Session session = await(sessions.get(id));
        session.regenerateId();
        await(sessions.delete(session.oldId()));
        await(sessions.put(session));
        return session.id();
    }

    @Override
    public void logout(String id) {
        await(sessions.delete(id));
    }

    /** Asked of Redis, since the store would keep the session alive. */
    @Override
    public boolean isAlive(String id) {
        return redis.exists(id);
    }

    @Override
    public void close() {
        redis.close();
        sessions.close();
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
