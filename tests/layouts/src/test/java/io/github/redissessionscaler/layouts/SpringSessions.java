package io.github.redissessionscaler.layouts;

import java.time.Duration;
import java.time.Instant;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.JdkSerializationRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.data.redis.SortedSetRedisSessionExpirationStore;

/** Spring Session's repositories for servlets. */
final class SpringSessions<S extends Session> implements SessionLibrary {

    private final LettuceConnectionFactory connections;
    private final SessionRepository<S> sessions;

    private SpringSessions(LettuceConnectionFactory connections, SessionRepository<S> sessions) {
        this.connections = connections;
        this.sessions = sessions;
    }

    static SessionLibrary plain(int port, String namespace) {
        LettuceConnectionFactory connections = connect(port);
        var sessions = new RedisSessionRepository(template(connections));
        sessions.setRedisKeyNamespace(namespace);
        return new SpringSessions<>(connections, sessions);
    }

    static SessionLibrary indexed(int port, String namespace) {
        LettuceConnectionFactory connections = connect(port);
        return new SpringSessions<>(connections, indexed(template(connections), namespace));
    }

    static SessionLibrary withSortedSet(int port, String namespace) {
        LettuceConnectionFactory connections = connect(port);
        RedisTemplate<String, Object> template = template(connections);
        RedisIndexedSessionRepository sessions = indexed(template, namespace);
        sessions.setExpirationStore(new SortedSetRedisSessionExpirationStore(template, namespace));
        return new SpringSessions<>(connections, sessions);
    }

    static LettuceConnectionFactory connect(int port) {
        var connections = new LettuceConnectionFactory("127.0.0.1", port);
        connections.afterPropertiesSet();
        connections.start();
        return connections;
    }

    private static RedisIndexedSessionRepository indexed(RedisTemplate<String, Object> template, String namespace) {
        var sessions = new RedisIndexedSessionRepository(template);
        sessions.setRedisKeyNamespace(namespace);
        sessions.setCleanupCron(Scheduled.CRON_DISABLED);
        sessions.afterPropertiesSet();
        return sessions;
    }

    private static RedisTemplate<String, Object> template(LettuceConnectionFactory connections) {
        var template = new RedisTemplate<String, Object>();
        template.setConnectionFactory(connections);
        template.setKeySerializer(RedisSerializer.string());
        template.setHashKeySerializer(RedisSerializer.string());
        template.setDefaultSerializer(new JdkSerializationRedisSerializer());
        template.afterPropertiesSet();
        return template;
    }

    @Override
    public String login(String user, Duration timeout) {
        S session = sessions.createSession();
        session.setMaxInactiveInterval(timeout);
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, user);
        sessions.save(session);
        return session.getId();
    }

    /** As a request does, which always sets the time of the last access. */
    @Override
    public String rotate(String id) {
        S session = sessions.findById(id);
        session.setLastAccessedTime(Instant.now());
        String changed = session.changeSessionId();
        sessions.save(session);
        return changed;
    }

    @Override
    public void logout(String id) {
        sessions.deleteById(id);
    }

    @Override
    public boolean isAlive(String id) {
        return sessions.findById(id) != null;
    }

    @Override
    public void close() {
        connections.destroy();
    }
}
