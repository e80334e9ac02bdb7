package io.github.redissessionscaler.layouts;

import io.micronaut.context.ApplicationContext;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.core.serialize.JdkSerializer;
import io.micronaut.core.serialize.ObjectSerializer;
import io.micronaut.session.Session;
import io.micronaut.session.SessionStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Micronaut's sessions in its own Redis module. */
final class MicronautSessions<S extends Session> implements SessionLibrary {

    private final ApplicationContext context;
    private final SessionStore<S> sessions;

    private MicronautSessions(ApplicationContext context, SessionStore<S> sessions) {
        this.context = context;
        this.sessions = sessions;
    }

    static SessionLibrary start(int port, String namespace) {
        ApplicationContext context = ApplicationContext.builder(Map.of(
                        "redis.uri",
                        "redis://127.0.0.1:" + port,
                        "micronaut.session.http.redis.enabled",
                        "true",
                        "micronaut.session.http.redis.namespace",
                        namespace))
                .build();
        context.registerSingleton(ObjectSerializer.class, new JdkSerializer(ConversionService.SHARED));
        context.start();
        SessionStore<?> sessions = context.getBean(SessionStore.class);
        return new MicronautSessions<>(context, sessions);
    }

    @Override
    public String login(String user, Duration timeout) throws ExecutionException, InterruptedException {
        S session = sessions.newSession();
        session.setMaxInactiveInterval(timeout);
        session.put("user", user);
        sessions.save(session).get();
        return session.getId();
    }

    /** Micronaut changes no id, so the user gets another session. */
    @Override
    public String rotate(String id) throws ExecutionException, InterruptedException {
        logout(id);
        return login("rotated", Duration.ofMinutes(30));
    }

    @Override
    public void logout(String id) throws ExecutionException, InterruptedException {
        sessions.deleteSession(id).get();
    }

    @Override
    public boolean isAlive(String id) throws ExecutionException, InterruptedException {
        return sessions.findSession(id).get().isPresent();
    }

    @Override
    public void close() {
        context.close();
    }
}
