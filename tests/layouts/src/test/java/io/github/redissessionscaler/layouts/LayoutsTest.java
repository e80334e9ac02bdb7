package io.github.redissessionscaler.layouts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each preset counts while the library that it is for logs users in and out. */
final class LayoutsTest {

    private static final int LOGINS = 500;
    private static final int EXPIRIES = 80;
    private static final int LOGOUTS = 120;
    private static final int ROTATIONS = 30;
    private static final int LIVE = LOGINS - EXPIRIES - LOGOUTS;

    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Everything in it means something to a glob. */
    private static final String ODD = "shop[1]*?";

    private interface Start {
        SessionLibrary on(int port) throws Exception;
    }

    /**
     * A library, and the trigger for it.
     *
     * @param neighbours what else the application keeps in the same database
     */
    private record Layout(String name, Map<String, String> trigger, Start start, Neighbours neighbours) {
        @Override
        public String toString() {
            return name + " by " + trigger;
        }
    }

    static Stream<Layout> layouts() {
        return Stream.of(
                layout(
                        "RedisSessionRepository",
                        "spring-session",
                        port -> SpringSessions.plain(port, "spring:session")),
                layout("RedisSessionRepository", "spring-session", "namespace", ODD, SpringSessions::plain),
                layout(
                        "RedisIndexedSessionRepository",
                        "spring-session-indexed",
                        port -> SpringSessions.indexed(port, "spring:session")),
                layout(
                        "RedisIndexedSessionRepository",
                        "spring-session-indexed",
                        "namespace",
                        ODD,
                        SpringSessions::indexed),
                layout(
                        "SortedSetRedisSessionExpirationStore",
                        "spring-session-zset",
                        port -> SpringSessions.withSortedSet(port, "spring:session")),
                layout(
                        "SortedSetRedisSessionExpirationStore",
                        "spring-session-zset",
                        "namespace",
                        ODD,
                        SpringSessions::withSortedSet),
                layout(
                        "SortedSetRedisSessionExpirationStore",
                        "spring-session-indexed",
                        port -> SpringSessions.withSortedSet(port, "spring:session")),
                layout(
                        "ReactiveRedisSessionRepository",
                        "spring-session",
                        port -> ReactiveSpringSessions.plain(port, "spring:session")),
                layout(
                        "ReactiveRedisIndexedSessionRepository",
                        "spring-session-indexed",
                        port -> ReactiveSpringSessions.indexed(port, "spring:session")),
                layout("Redisson Tomcat", "redisson-tomcat", port -> new TomcatSessions(port, "")),
                layout("Redisson Tomcat", "redisson-tomcat", "prefix", ODD, TomcatSessions::new),
                layout("Micronaut", "micronaut", port -> MicronautSessions.start(port, "micronaut:session:")),
                layout("Micronaut", "micronaut", "namespace", ODD, MicronautSessions::start),
                layout("Shiro", "shiro", port -> new ShiroSessions(port, "shiro:session:")),
                layout("Shiro", "shiro", "prefix", ODD, ShiroSessions::new),
                layout("Sa-Token", "sa-token", port -> new SaTokenSessions(port, "satoken", "login")),
                layout(
                        "Sa-Token",
                        "sa-token",
                        "namespace",
                        ODD + ":admin",
                        (port, namespace) -> new SaTokenSessions(port, ODD, "admin")),
                new Layout("Vert.x", Map.of("preset", "dedicated-database"), VertxSessions::new, Neighbours.ENDLESS));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void countsExactlyTheLiveSessions(Layout layout) throws Exception {
        try (RedisServer redis = RedisServer.start("--notify-keyspace-events", "Egx");
                SessionLibrary library = layout.start.on(redis.port())) {
            layout.neighbours.putInto(redis);
            List<String> visitors = new ArrayList<>();
            for (int i = 0; i < EXPIRIES; i++) {
                visitors.add(library.login("visitor-" + i, SHORT));
            }
            List<String> live = new ArrayList<>();
            for (int i = 0; i < LOGINS - EXPIRIES; i++) {
                live.add(library.login("user-" + i, LONG));
            }
            for (int i = 0; i < LOGOUTS; i++) {
                library.logout(live.removeFirst());
            }
            for (int i = 0; i < ROTATIONS; i++) {
                live.add(library.rotate(live.removeFirst()));
            }
            await().atMost(PATIENCE).until(() -> noneAlive(library, visitors));

            assertThat(live).hasSize(LIVE).doesNotHaveDuplicates();
            for (String id : live) {
                assertThat(library.isAlive(id)).isTrue();
            }
            if (layout.neighbours == Neighbours.ENDLESS) {
                // Redis's own count of keys with a time to live has those that it has not removed yet
                await().atMost(PATIENCE).until(() -> FreshScaler.count(redis, layout.trigger) == LIVE);
            }
            assertThat(FreshScaler.count(redis, layout.trigger)).isEqualTo(LIVE);
            if (layout.trigger.size() == 1) {
                Map<String, String> found = FoundLayout.of(redis, layout.trigger.getOrDefault("preset", ""));
                assertThat(found).isNotEmpty();
                assertThat(FreshScaler.count(redis, found)).isEqualTo(LIVE);
            }
        }
    }

    private static boolean noneAlive(SessionLibrary library, List<String> ids) throws Exception {
        for (String id : ids) {
            if (library.isAlive(id)) {
                return false;
            }
        }
        return true;
    }

    private static Layout layout(String name, String preset, Start start) {
        return new Layout(name, Map.of("preset", preset), start, Neighbours.ANY);
    }

    private interface StartNamed {
        SessionLibrary on(int port, String name) throws Exception;
    }

    private static Layout layout(String name, String preset, String setting, String value, StartNamed start) {
        return new Layout(
                name, Map.of("preset", preset, setting, value), port -> start.on(port, value), Neighbours.ANY);
    }
}
