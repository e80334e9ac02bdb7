package io.github.redissessionscaler.layouts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Session;
import org.apache.catalina.session.StandardSession;
import org.apache.catalina.startup.Tomcat;
import org.redisson.config.Config;
import org.redisson.tomcat.RedissonSessionManager;

/** Tomcat with Redisson's session manager. */
final class TomcatSessions implements SessionLibrary {

    /** What it says when it starts and ends is of no interest here. Held, since loggers are forgotten otherwise. */
    private static final Logger TALK = Logger.getLogger("org.apache.catalina");

    static {
        TALK.setLevel(Level.OFF);
    }

    private final Tomcat tomcat = new Tomcat();
    private final RedissonSessionManager manager = new RedissonSessionManager();
    private final Map<String, StandardSession> sessions = new HashMap<>();

    /** @param prefix what keys begin with, or nothing */
    TomcatSessions(int port, String prefix) throws IOException, LifecycleException {
        Path directory = Files.createTempDirectory("tomcat-");
        tomcat.setBaseDir(directory.toString());
        Context context = tomcat.addContext("", directory.toString());
        var config = new Config();
        config.setThreads(2).setNettyThreads(2);
        config.useSingleServer()
                .setAddress("redis://127.0.0.1:" + port)
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(4)
                .setSubscriptionConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2);
        manager.setConfig(config);
        manager.setReadMode(RedissonSessionManager.ReadMode.REDIS.name());
        manager.setKeyPrefix(prefix);
        context.setManager(manager);
        tomcat.start();
    }

    @Override
    public String login(String user, Duration timeout) {
        Session session = manager.createSession(null);
        session.setMaxInactiveInterval(Math.toIntExact(timeout.toSeconds()));
        session.getSession().setAttribute("user", user);
        session.endAccess();
        sessions.put(session.getId(), (StandardSession) session);
        return session.getId();
    }

    @Override
    public String rotate(String id) {
        StandardSession session = sessions.get(id);
        String changed = manager.rotateSessionId(session);
        sessions.put(changed, session);
        return changed;
    }

    @Override
    public void logout(String id) {
        sessions.get(id).expire();
    }

    /** By Tomcat's own arithmetic; asking whether it is valid would end it. */
    @Override
    public boolean isAlive(String id) {
        StandardSession session = sessions.get(id);
        return session.getIdleTimeInternal() < 1_000L * session.getMaxInactiveInterval();
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }
}
