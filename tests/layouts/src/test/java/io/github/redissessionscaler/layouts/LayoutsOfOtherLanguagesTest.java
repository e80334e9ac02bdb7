package io.github.redissessionscaler.layouts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.testing.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each preset counts while a library of another language logs users in and out: 500 logins, 120 logouts, 80 expiries, 30
 * changes of ids. The programs are in {@code clients/}, and {@code clients/install} must have been run.
 */
@Tag("other-languages")
final class LayoutsOfOtherLanguagesTest {

    private static final Path CLIENTS = Path.of("clients");
    private static final int LIVE = 300;

    /** starsessions leaves the session under its former id where it is, and alive. */
    private static final int LIVE_WITH_FORMER_IDS = 330;

    /** Rails gives whoever logs out a new session. */
    private static final int LIVE_WITH_GUESTS = 420;

    private static final List<String> NODE = List.of("node", "node/sessions.js");
    private static final List<String> PYTHON = List.of("python/venv/bin/python", "python/sessions.py");
    private static final List<String> GO = List.of("go/layouts");
    private static final List<String> PHP = List.of("php", "php/sessions.php");
    private static final List<String> LARAVEL = List.of("php", "php/laravel.php");
    private static final List<String> RUBY = List.of("ruby", "ruby/sessions.rb");

    /** aiohttp-session empties the session of whoever logs out, and leaves it where it is. */
    private static final int LEFT_BEHIND = 120;

    /**
     * A library, the program that uses it, and the trigger for it.
     *
     * @param live how many sessions live in the end
     * @param counted how many the trigger counts
     */
    private record Client(String library, List<String> program, Map<String, String> trigger, int live, int counted) {
        @Override
        public String toString() {
            return library + " by " + trigger;
        }
    }

    static Stream<Client> clients() {
        return Stream.of(
                client("express-session", NODE, Map.of("preset", "express")),
                client("@fastify/session", NODE, Map.of("preset", "express")),
                client("@mgcrea/fastify-session", NODE, Map.of("preset", "fastify-session")),
                client("adonisjs", NODE, Map.of("preset", "adonisjs")),
                client("better-auth", NODE, Map.of("preset", "better-auth")),
                client("nextauth", NODE, Map.of("preset", "nextauth")),
                client("koa-generic-session", NODE, Map.of("preset", "koa")),
                // its keys outlive the sessions by ten seconds
                client("koa-session", NODE, Map.of("keyPattern", "shop:*", "minTtl", "10s")),
                client("django", PYTHON, Map.of("preset", "django")),
                client("django-redis", PYTHON, Map.of("preset", "django")),
                client("django-redis-sessions", PYTHON, Map.of("keyPattern", "shop:" + "?".repeat(32))),
                client("flask-session", PYTHON, Map.of("preset", "flask")),
                client("django-cached-db", PYTHON, Map.of("preset", "django")),
                client("starsessions", PYTHON, Map.of("preset", "starsessions"), LIVE_WITH_FORMER_IDS),
                client("litestar", PYTHON, Map.of("preset", "litestar")),
                new Client(
                        "aiohttp-session",
                        PYTHON,
                        Map.of("preset", "aiohttp-session"),
                        LIVE_WITH_FORMER_IDS,
                        LIVE_WITH_FORMER_IDS + LEFT_BEHIND),
                client("scs", GO, Map.of("preset", "scs")),
                client("gin", GO, Map.of("preset", "gin")),
                client("oauth2-proxy", GO, Map.of("preset", "oauth2-proxy")),
                client("phpredis", PHP, Map.of("preset", "php")),
                client("symfony", PHP, Map.of("preset", "symfony")),
                client("codeigniter", PHP, Map.of("preset", "codeigniter")),
                client("predis", PHP, Map.of("keyPattern", "shop:sessions:*")),
                client("laravel", LARAVEL, Map.of("preset", "laravel", "prefix", "laravel_database_laravel_cache:")),
                client("redis-rack", RUBY, Map.of("preset", "redis-rack")),
                client("gitlab", RUBY, Map.of("preset", "gitlab")),
                client("rails", RUBY, Map.of("preset", "rails"), LIVE_WITH_GUESTS),
                client("rails", RUBY, Map.of("preset", "rails", "namespace", "shop"), LIVE_WITH_GUESTS));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void countsExactlyTheLiveSessions(Client client) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            Neighbours.ANY.putInto(redis);

            assertThat(run(client, redis)).isEqualTo(client.live);
            assertThat(FreshScaler.count(redis, client.trigger)).isEqualTo(client.counted);
            if (client.trigger.containsKey("preset")) {
                Map<String, String> found = FoundLayout.of(redis, client.trigger.getOrDefault("preset", ""));
                assertThat(found).isNotEmpty();
                assertThat(FreshScaler.count(redis, found)).isEqualTo(client.counted);
            }
        }
    }

    /** How many sessions live, as the program finds by asking for each. */
    private static int run(Client client, RedisServer redis) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(client.program);
        command.add(client.library);
        command.add(String.valueOf(redis.port()));
        if (command.getFirst().contains("/")) {
            command.set(0, CLIENTS.resolve(command.getFirst()).toAbsolutePath().toString());
        }
        Process process = new ProcessBuilder(command)
                .directory(CLIENTS.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        String last = output.lines().reduce("", (_, line) -> line);
        assertThat(last).as(output).matches("\\d+");
        return Integer.parseInt(last);
    }

    private static Client client(String library, List<String> program, Map<String, String> trigger) {
        return client(library, program, trigger, LIVE);
    }

    private static Client client(String library, List<String> program, Map<String, String> trigger, int live) {
        return new Client(library, program, trigger, live, live);
    }
}
