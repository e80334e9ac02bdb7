package io.github.redissessionscaler.trigger;

import static io.github.redissessionscaler.trigger.KeyType.HASH;
import static io.github.redissessionscaler.trigger.Preset.PresetOption.namespace;
import static io.github.redissessionscaler.trigger.Preset.PresetOption.prefix;

import io.github.redissessionscaler.trigger.CountQuery.MatchingKeys;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A web framework's layout of sessions in Redis, and how its live sessions are counted. Each has at most one setting, a
 * namespace or a prefix, whose value is that of the framework's own configuration.
 */
public enum Preset {
    SPRING_SESSION(
            "spring-session",
            "Spring Session without an index (RedisSessionRepository, the default of Spring Boot 3 and 4, or the"
                    + " reactive one).",
            namespace("spring:session"),
            start -> MatchingKeys.of(start + ":sessions:" + Glyphs.UUID).withType(HASH)),
    SPRING_SESSION_INDEXED(
            "spring-session-indexed",
            "Spring Session with an index (RedisIndexedSessionRepository, the default of Spring Boot 2, or the"
                    + " reactive one); sessions that never expire are not counted.",
            namespace("spring:session"),
            start -> MatchingKeys.of(start + ":sessions:expires:*")),
    SPRING_SESSION_ZSET(
            "spring-session-zset",
            "Spring Session's RedisIndexedSessionRepository with the SortedSetRedisSessionExpirationStore.",
            namespace("spring:session"),
            start -> new CountQuery.UnexpiredMembers(Glob.unescape(start) + ":sessions:expirations")),
    REDISSON_TOMCAT(
            "redisson-tomcat",
            "Redisson's Tomcat session manager; keys outlive their sessions by a minute, so keys in their last minute"
                    + " are not counted.",
            prefix("any", "*").followedBy(":"),
            start -> MatchingKeys.of(start + "redisson:tomcat_session:*").withMinTtl(Duration.ofSeconds(60))),
    REDISSON_MICRONAUT(
            "redisson-micronaut",
            "Micronaut sessions kept by Redisson.",
            prefix("any", "*").followedBy(":"),
            start -> MatchingKeys.of(start + "redisson:session:notification:*")),
    MICRONAUT(
            "micronaut",
            "Micronaut sessions kept by its own Redis module; the namespace ends with its colon.",
            namespace("micronaut:session:"),
            start -> MatchingKeys.of(start + "expiry:*")),
    DEDICATED_DATABASE(
            "dedicated-database",
            "A database that holds only sessions, under any name (Vert.x, Tomcat session managers, Predis):"
                    + " the keys that have a time to live.",
            new CountQuery.ExpiringKeys()),
    QUARKUS_OIDC(
            "quarkus-oidc",
            "Quarkus OIDC tokens kept in Redis.",
            prefix("oidc:token:"),
            start -> MatchingKeys.of(start + "*")),
    SHIRO("shiro", "Apache Shiro with shiro-redis.", prefix("shiro:session:"), start -> MatchingKeys.of(start + "*")),
    SA_TOKEN(
            "sa-token",
            "Sa-Token; the namespace is the token's name, a colon and the login type."
                    + " Tokens that were kicked out or replaced count until they expire. To count users instead of"
                    + " tokens, use keyPattern: satoken:login:session:*.",
            namespace("satoken:login"),
            start -> MatchingKeys.of(start + ":token:*")),
    EXPRESS(
            "express",
            "connect-redis, under express-session or @fastify/session.",
            prefix("sess:"),
            start -> MatchingKeys.of(start + "*")),
    KOA(
            "koa",
            "koa-generic-session and koa-session. Keys of the latter outlive their sessions by ten seconds; to exclude"
                    + " those, use keyPattern with minTtl: 10s.",
            prefix("koa:sess:"),
            start -> MatchingKeys.of(start + "*")),
    DJANGO(
            "django",
            "Django's sessions in a cache, by the engine cache or cached_db; the prefix is the cache's KEY_PREFIX, a"
                + " colon, its VERSION and a colon. With cached_db, sessions that the cache has lost are not counted.",
            prefix(":1:"),
            start -> MatchingKeys.of(start + "django.contrib.sessions.cache*" + Glyphs.SMALL_ALPHANUMERIC.repeat(32))),
    FLASK(
            "flask",
            "Flask-Session, and rbcervilla/redisstore for Go.",
            prefix("session:"),
            start -> MatchingKeys.of(start + "*")),
    STARSESSIONS(
            "starsessions",
            "starsessions for Starlette; when a session changes its id, the former id also counts until it"
                    + " expires.",
            prefix("starsessions."),
            start -> MatchingKeys.of(start + "*")),
    RAILS(
            "rails",
            "Rails sessions in its Redis cache store (CacheStore); set expire_after, or the count can only" + " grow.",
            namespace("any", "*").followedBy(":"),
            start -> MatchingKeys.of(start + "_session_id:2::*")),
    REDIS_RACK(
            "redis-rack",
            "redis-rack and redis-actionpack (Rails with :redis_store); set expire_after, or the count can"
                    + " only grow.",
            namespace("rack:session"),
            start -> MatchingKeys.of(start + ":2::*")),
    PHP(
            "php",
            "phpredis as PHP's session handler, on one server or a cluster; its locks are not counted.",
            prefix("PHPREDIS_SESSION: or PHPREDIS_CLUSTER_SESSION:", "PHPREDIS_*SESSION:"),
            start -> MatchingKeys.of(start + "*").withExclude("*_LOCK")),
    SYMFONY("symfony", "Symfony's RedisSessionHandler.", prefix("sf_s"), start -> MatchingKeys.of(start + "*")),
    LARAVEL(
            "laravel",
            "Laravel's redis session driver; the prefix is that of the database and that of the cache, together."
                    + " Counters of its throttle middleware, whose names are as long but hexadecimal, are not counted.",
            prefix(
                    "laravel_database_laravel_cache_, or the same with hyphens",
                    "laravel[-_]database[-_]laravel[-_]cache[-_]"),
            start -> MatchingKeys.of(start + Glyphs.ALPHANUMERIC.repeat(40))
                    .withExclude("*" + Glyphs.HEXADECIMAL.repeat(40))),
    GIN(
            "gin",
            "gin-contrib/sessions and gorilla with boj/redistore.",
            prefix("session_"),
            start -> MatchingKeys.of(start + "*")),
    SCS("scs", "alexedwards/scs for Go.", prefix("scs:session:"), start -> MatchingKeys.of(start + "*")),
    ASPNETCORE(
            "aspnetcore",
            "ASP.NET Core sessions in a distributed Redis cache; the prefix is its InstanceName.",
            prefix("none", ""),
            start -> MatchingKeys.of(start + Glyphs.UUID).withType(HASH)),
    OAUTH2_PROXY(
            "oauth2-proxy",
            "oauth2-proxy; the prefix is the cookie's name and a hyphen. Its locks are not counted.",
            prefix("_oauth2_proxy-"),
            start -> MatchingKeys.of(start + Glyphs.any(32))),
    BETTER_AUTH(
            "better-auth",
            "better-auth with Redis as its secondary storage; its lists of a user's sessions, rate limits and"
                    + " verifications are not counted.",
            prefix("better-auth:"),
            start -> MatchingKeys.of(start + Glyphs.ALPHANUMERIC.repeat(32))),
    NEXTAUTH(
            "nextauth",
            "NextAuth.js and Auth.js with the Upstash Redis adapter; the prefix is its baseKeyPrefix and"
                + " sessionKeyPrefix, together. It sets no time to live, so sessions that nobody ends count for ever.",
            prefix("user:session:"),
            start -> MatchingKeys.of(start + "*").withExclude(start + "by-user-id:*")),
    MAGENTO(
            "magento",
            "Magento and OpenMage (Cm_RedisSession); sessions of robots count until they expire.",
            prefix("sess_"),
            start -> MatchingKeys.of(start + "*").withType(HASH)),
    CODEIGNITER(
            "codeigniter",
            "CodeIgniter 4's RedisHandler; its locks are not counted.",
            prefix("ci_session:"),
            start -> MatchingKeys.of(start + "*").withExclude("*:lock")),
    MOODLE(
            "moodle",
            "Moodle 4.5 and later; the prefix is session_redis_prefix. Sessions of guests and of visitors who have not"
                    + " logged in count too.",
            prefix("none", ""),
            start -> MatchingKeys.of(start + "session_*").withType(HASH)),
    LUA_RESTY_SESSION(
            "lua-resty-session",
            "lua-resty-session 4, also in Kong and APISIX; the prefix is that of its storage, if it has one, and the"
                    + " cookie's name, each with a colon. When a session is renewed, the former one also counts for ten"
                    + " seconds.",
            prefix("session:"),
            start -> MatchingKeys.of(start + Glyphs.BASE64_URL.repeat(43))),
    ASPNET(
            "aspnet",
            "ASP.NET 4 with Microsoft's RedisSessionStateProvider; the prefix is its applicationName. Its locks are not"
                    + " counted.",
            prefix("any", "*"),
            start -> MatchingKeys.of("{" + start + "_" + Glyphs.any(24) + "}_[IS]*")
                    .withExclude("*_SessionStateItemCollection")),
    GITLAB(
            "gitlab",
            "GitLab; visitors who have not logged in count too. Its indexes of users and addresses are not counted.",
            namespace("session:gitlab"),
            start -> MatchingKeys.of(start + ":2::*")),
    LITESTAR(
            "litestar",
            "Litestar's server-side sessions in a RedisStore; the prefix is the store's namespace and a colon. Every"
                    + " visitor gets a session; other keys in the same store are not counted.",
            prefix("LITESTAR:"),
            start -> MatchingKeys.of(start + Glyphs.HEXADECIMAL.repeat(64))),
    AIOHTTP_SESSION(
            "aiohttp-session",
            "aiohttp-session's RedisStorage; the prefix is the cookie's name and an underscore. Sessions that were"
                    + " ended or renewed count until they expire.",
            prefix("AIOHTTP_SESSION_"),
            start -> MatchingKeys.of(start + "*")),
    ADONISJS(
            "adonisjs",
            "AdonisJS; the prefix is the keyPrefix of its Redis connection.",
            prefix("none", ""),
            start -> MatchingKeys.of(start + "[a-z]" + Glyphs.SMALL_ALPHANUMERIC.repeat(23))),
    FASTIFY_SESSION(
            "fastify-session",
            "@mgcrea/fastify-session with its Redis store; for @fastify/session use express.",
            prefix("sess:"),
            start -> MatchingKeys.of(start + "*").withType(HASH)),
    YII(
            "yii",
            "Yii 2 with yii2-redis; the prefix is keyPrefix, by default five digits made of the application's id.",
            prefix("any five hexadecimal digits", Glyphs.HEXADECIMAL.repeat(5)),
            start -> MatchingKeys.of(start + Glyphs.HEXADECIMAL.repeat(32)));

    private final String text;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // a record of immutable values
    private final Optional<PresetOption> setting;

    @SuppressWarnings("ImmutableEnumChecker") // pure functions
    private final Function<String, CountQuery> query;

    Preset(String text, String description, PresetOption setting, Function<String, CountQuery> query) {
        this.text = text;
        this.description = description;
        this.setting = Optional.of(setting);
        this.query = query;
    }

    Preset(String text, String description, CountQuery query) {
        this.text = text;
        this.description = description;
        this.setting = Optional.empty();
        this.query = start -> query;
    }

    /** The name in trigger metadata. */
    public String text() {
        return text;
    }

    /** The frameworks it is for, and how its count may differ from the number of sessions. */
    public String description() {
        return description;
    }

    /** The setting that adapts it to an application, if it has one. */
    public Optional<PresetOption> setting() {
        return setting;
    }

    /** What it counts with the default of its setting. */
    public CountQuery query() {
        return query.apply(setting.map(PresetOption::defaultGlob).orElse(""));
    }

    /**
     * What it counts.
     *
     * @param given the value of its setting, any text
     */
    public CountQuery query(String given) {
        return query.apply(setting.map(one -> one.globOf(given)).orElse(""));
    }

    /** The names of all presets. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Preset::text).toList();
    }

    @Override
    public String toString() {
        return text;
    }

    /**
     * The setting that adapts a preset to an application.
     *
     * @param key {@link MetadataKey#NAMESPACE} or {@link MetadataKey#PREFIX}
     * @param defaultText the default, as the documentation shows it
     * @param defaultGlob the default, as a glob
     * @param separator what the layout appends to a value
     */
    public record PresetOption(MetadataKey key, String defaultText, String defaultGlob, String separator) {

        static PresetOption namespace(String byDefault) {
            return namespace(byDefault, Glob.escape(byDefault));
        }

        static PresetOption namespace(String defaultText, String defaultGlob) {
            return new PresetOption(MetadataKey.NAMESPACE, defaultText, defaultGlob, "");
        }

        static PresetOption prefix(String byDefault) {
            return prefix(byDefault, Glob.escape(byDefault));
        }

        static PresetOption prefix(String defaultText, String defaultGlob) {
            return new PresetOption(MetadataKey.PREFIX, defaultText, defaultGlob, "");
        }

        PresetOption followedBy(String text) {
            return new PresetOption(key, defaultText, defaultGlob, text);
        }

        /** Whether the default is one text, rather than several or any. */
        public boolean hasOneDefault() {
            return Glob.escape(defaultText).equals(defaultGlob);
        }

        String globOf(String given) {
            return Glob.escape(given + separator);
        }
    }

    /** Redis globs have no repetition. */
    private static final class Glyphs {
        static final String UUID = "%s-%s-%s-%s-%s".formatted(any(8), any(4), any(4), any(4), any(12));
        static final String ALPHANUMERIC = "[0-9A-Za-z]";
        static final String SMALL_ALPHANUMERIC = "[0-9a-z]";
        static final String HEXADECIMAL = "[0-9a-f]";
        static final String BASE64_URL = "[-0-9A-Za-z_]";

        static String any(int characters) {
            return "?".repeat(characters);
        }
    }
}
