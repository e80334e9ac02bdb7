package io.github.redissessionscaler.layouts;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveRedisTemplate;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.serializer.JdkSerializationRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializationContext;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.ReactiveSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.data.redis.ReactiveRedisIndexedSessionRepository;
import org.springframework.session.data.redis.ReactiveRedisSessionRepository;

/** Spring Session's repositories for WebFlux. */
final class ReactiveSpringSessions<S extends Session> implements SessionLibrary {

    private final ReactiveSessionRepository<S> sessions;
    private final Runnable end;

    private ReactiveSpringSessions(ReactiveSessionRepository<S> sessions, Runnable end) {
        this.sessions = sessions;
        this.end = end;
    }

    static SessionLibrary plain(int port, String namespace) {
        LettuceConnectionFactory connections = SpringSessions.connect(port);
        var sessions = new ReactiveRedisSessionRepository(template(connections));
        sessions.setRedisKeyNamespace(namespace);
        return new ReactiveSpringSessions<>(sessions, connections::destroy);
    }

    static SessionLibrary indexed(int port, String namespace) throws Exception {
        LettuceConnectionFactory connections = SpringSessions.connect(port);
        var sessions = new ReactiveRedisIndexedSessionRepository(
                template(connections), new ReactiveStringRedisTemplate(connections));
        sessions.setRedisKeyNamespace(namespace);
        sessions.afterPropertiesSet();
        return new ReactiveSpringSessions<>(sessions, () -> {
            sessions.destroy();
            connections.destroy();
        });
    }

    private static ReactiveRedisTemplate<String, Object> template(LettuceConnectionFactory connections) {
        return new ReactiveRedisTemplate<>(
                connections,
                RedisSerializationContext.<String, Object>newSerializationContext(new JdkSerializationRedisSerializer())
                        .key(RedisSerializer.string())
                        .hashKey(RedisSerializer.string())
                        .build());
    }

    @Override
    public String login(String user, Duration timeout) {
        S session = requireNonNull(sessions.createSession().block());
        session.setMaxInactiveInterval(timeout);
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, user);
        sessions.save(session).block();
        return session.getId();
    }

    /** As a request does, which always sets the time of the last access. */
    @Override
    public String rotate(String id) {
        S session = requireNonNull(sessions.findById(id).block());
        session.setLastAccessedTime(Instant.now());
        String changed = session.changeSessionId();
        sessions.save(session).block();
        return changed;
    }

    @Override
    public void logout(String id) {
        sessions.deleteById(id).block();
    }

    @Override
    public boolean isAlive(String id) {
        return sessions.findById(id).hasElement().block();
    }

    @Override
    public void close() {
        end.run();
    }
}
