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
 * namespace or a prefix, whose value is that of the framework's own configuration. docs/frameworks.md says which framework each
 * is for, and how its count may differ from the number of sessions.
 */
public enum Preset {
    SPRING_SESSION(
            "spring-session",
            namespace("spring:session"),
            start -> MatchingKeys.of(start + ":sessions:" + Glyphs.UUID).withType(HASH)),
    SPRING_SESSION_INDEXED(
            "spring-session-indexed",
            namespace("spring:session"),
            start -> MatchingKeys.of(start + ":sessions:expires:*")),
    SPRING_SESSION_ZSET(
            "spring-session-zset",
            namespace("spring:session"),
            start -> new CountQuery.UnexpiredMembers(Glob.unescape(start) + ":sessions:expirations")),
    REDISSON_TOMCAT(
            "redisson-tomcat",
            prefix("any", "*").followedBy(":"),
            start -> MatchingKeys.of(start + "redisson:tomcat_session:*").withMinTtl(Duration.ofSeconds(60))),
    REDISSON_MICRONAUT(
            "redisson-micronaut",
            prefix("any", "*").followedBy(":"),
            start -> MatchingKeys.of(start + "redisson:session:notification:*")),
    MICRONAUT("micronaut", namespace("micronaut:session:"), start -> MatchingKeys.of(start + "expiry:*")),
    DEDICATED_DATABASE("dedicated-database", new CountQuery.ExpiringKeys()),
    QUARKUS_OIDC("quarkus-oidc", prefix("oidc:token:"), start -> MatchingKeys.of(start + "*")),
    SHIRO("shiro", prefix("shiro:session:"), start -> MatchingKeys.of(start + "*")),
    SA_TOKEN("sa-token", namespace("satoken:login"), start -> MatchingKeys.of(start + ":token:*")),
    EXPRESS("express", prefix("sess:"), start -> MatchingKeys.of(start + "*")),
    KOA("koa", prefix("koa:sess:"), start -> MatchingKeys.of(start + "*")),
    DJANGO(
            "django",
            prefix(":1:"),
            start -> MatchingKeys.of(start + "django.contrib.sessions.cache*" + Glyphs.SMALL_ALPHANUMERIC.repeat(32))),
    FLASK("flask", prefix("session:"), start -> MatchingKeys.of(start + "*")),
    STARSESSIONS("starsessions", prefix("starsessions."), start -> MatchingKeys.of(start + "*")),
    RAILS("rails", namespace("any", "*").followedBy(":"), start -> MatchingKeys.of(start + "_session_id:2::*")),
    REDIS_RACK("redis-rack", namespace("rack:session"), start -> MatchingKeys.of(start + ":2::*")),
    PHP(
            "php",
            prefix("PHPREDIS_SESSION: or PHPREDIS_CLUSTER_SESSION:", "PHPREDIS_*SESSION:"),
            start -> MatchingKeys.of(start + "*").withExclude("*_LOCK")),
    SYMFONY("symfony", prefix("sf_s"), start -> MatchingKeys.of(start + "*")),
    LARAVEL(
            "laravel",
            prefix(
                    "laravel_database_laravel_cache_, or the same with hyphens",
                    "laravel[-_]database[-_]laravel[-_]cache[-_]"),
            start -> MatchingKeys.of(start + Glyphs.ALPHANUMERIC.repeat(40))
                    .withExclude("*" + Glyphs.HEXADECIMAL.repeat(40))),
    GIN("gin", prefix("session_"), start -> MatchingKeys.of(start + "*")),
    SCS("scs", prefix("scs:session:"), start -> MatchingKeys.of(start + "*")),
    ASPNETCORE(
            "aspnetcore",
            prefix("none", ""),
            start -> MatchingKeys.of(start + Glyphs.UUID).withType(HASH)),
    OAUTH2_PROXY("oauth2-proxy", prefix("_oauth2_proxy-"), start -> MatchingKeys.of(start + Glyphs.any(32))),
    BETTER_AUTH(
            "better-auth", prefix("better-auth:"), start -> MatchingKeys.of(start + Glyphs.ALPHANUMERIC.repeat(32))),
    NEXTAUTH(
            "nextauth",
            prefix("user:session:"),
            start -> MatchingKeys.of(start + "*").withExclude(start + "by-user-id:*")),
    MAGENTO("magento", prefix("sess_"), start -> MatchingKeys.of(start + "*").withType(HASH)),
    CODEIGNITER(
            "codeigniter",
            prefix("ci_session:"),
            start -> MatchingKeys.of(start + "*").withExclude("*:lock")),
    MOODLE(
            "moodle",
            prefix("none", ""),
            start -> MatchingKeys.of(start + "session_*").withType(HASH)),
    LUA_RESTY_SESSION(
            "lua-resty-session", prefix("session:"), start -> MatchingKeys.of(start + Glyphs.BASE64_URL.repeat(43))),
    ASPNET(
            "aspnet",
            prefix("any", "*"),
            start -> MatchingKeys.of("{" + start + "_" + Glyphs.any(24) + "}_[IS]*")
                    .withExclude("*_SessionStateItemCollection")),
    GITLAB("gitlab", namespace("session:gitlab"), start -> MatchingKeys.of(start + ":2::*")),
    LITESTAR("litestar", prefix("LITESTAR:"), start -> MatchingKeys.of(start + Glyphs.HEXADECIMAL.repeat(64))),
    AIOHTTP_SESSION("aiohttp-session", prefix("AIOHTTP_SESSION_"), start -> MatchingKeys.of(start + "*")),
    ADONISJS(
            "adonisjs",
            prefix("none", ""),
            start -> MatchingKeys.of(start + "[a-z]" + Glyphs.SMALL_ALPHANUMERIC.repeat(23))),
    FASTIFY_SESSION(
            "fastify-session",
            prefix("sess:"),
            start -> MatchingKeys.of(start + "*").withType(HASH)),
    YII(
            "yii",
            prefix("any five hexadecimal digits", Glyphs.HEXADECIMAL.repeat(5)),
            start -> MatchingKeys.of(start + Glyphs.HEXADECIMAL.repeat(32)));

    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // a record of immutable values
    private final Optional<PresetOption> setting;

    @SuppressWarnings("ImmutableEnumChecker") // pure functions
    private final Function<String, CountQuery> query;

    Preset(String text, PresetOption setting, Function<String, CountQuery> query) {
        this.text = text;
        this.setting = Optional.of(setting);
        this.query = query;
    }

    Preset(String text, CountQuery query) {
        this.text = text;
        this.setting = Optional.empty();
        this.query = start -> query;
    }

    /** The name in trigger metadata. */
    public String text() {
        return text;
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
