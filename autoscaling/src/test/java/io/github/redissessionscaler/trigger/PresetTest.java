package io.github.redissessionscaler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which keys each preset counts as sessions. */
final class PresetTest {

    private static final String UUID = "0b5cda1e-5a36-4d4c-9a3e-7c4f6f0d1e2f";
    private static final String HEX_64 = "0123456789abcdef".repeat(4);
    private static final String HEX_32 = "0123456789abcdef".repeat(2);
    private static final String HEX_40 = "0123456789abcdef0123".repeat(2);
    private static final String FORTY = "aB3dE6gH9j".repeat(4);
    private static final String THIRTY_TWO = "aB3dE6gH".repeat(4);
    private static final String TWENTY_FOUR = "abcdefghijkl012345678901";

    static List<Arguments> layouts() {
        return List.of(
                layout(
                        Map.of("preset", "spring-session"),
                        "spring:session:sessions:" + UUID,
                        List.of("spring:session:sessions:expires:" + UUID, "spring:session:index:user:" + UUID)),
                layout(
                        Map.of("preset", "spring-session", "namespace", "shop*"),
                        "shop*:sessions:" + UUID,
                        List.of("shops:sessions:" + UUID)),
                layout(
                        Map.of("preset", "spring-session-indexed"),
                        "spring:session:sessions:expires:" + UUID,
                        List.of("spring:session:sessions:" + UUID, "spring:session:expirations:1700000000000")),
                layout(
                        Map.of("preset", "redisson-tomcat"),
                        "redisson:tomcat_session:1A2B",
                        List.of("redisson:tomcat_notified_nodes:1A2B")),
                layout(
                        Map.of("preset", "redisson-tomcat", "prefix", "shop"),
                        "shop:redisson:tomcat_session:1A2B",
                        List.of("redisson:tomcat_session:1A2B", "blog:redisson:tomcat_session:1A2B")),
                layout(
                        Map.of("preset", "redisson-micronaut"),
                        "redisson:session:notification:" + UUID,
                        List.of("redisson:session:" + UUID)),
                layout(
                        Map.of("preset", "micronaut"),
                        "micronaut:session:expiry:" + UUID,
                        List.of("micronaut:session:sessions:" + UUID, "micronaut:session:active-sessions")),
                layout(Map.of("preset", "quarkus-oidc"), "oidc:token:" + UUID, List.of("oidc:tokens")),
                layout(Map.of("preset", "shiro"), "shiro:session:" + UUID, List.of("shiro:cache:" + UUID)),
                layout(
                        Map.of("preset", "sa-token"),
                        "satoken:login:token:abc",
                        List.of("satoken:login:session:10001", "satoken:login:last-active:abc")),
                layout(Map.of("preset", "express"), "sess:abc", List.of("session:abc")),
                layout(Map.of("preset", "express", "prefix", "[a]:"), "[a]:abc", List.of("a:abc")),
                layout(Map.of("preset", "koa"), "koa:sess:abc", List.of("sess:abc")),
                layout(
                        Map.of("preset", "django"),
                        ":1:django.contrib.sessions.cache" + HEX_32,
                        List.of(":1:views.decorators.cache", ":1:django.contrib.sessions.cacheA" + HEX_32 + "-")),
                layout(
                        Map.of("preset", "django"),
                        ":1:django.contrib.sessions.cached_db" + HEX_32,
                        List.of(":2:django.contrib.sessions.cached_db" + HEX_32)),
                layout(Map.of("preset", "flask"), "session:abc", List.of("sess:abc")),
                layout(Map.of("preset", "starsessions"), "starsessions.abc", List.of("starsessions:abc")),
                layout(Map.of("preset", "rails"), "_session_id:2::" + HEX_64, List.of("views/1")),
                layout(
                        Map.of("preset", "rails", "namespace", "shop"),
                        "shop:_session_id:2::" + HEX_64,
                        List.of("_session_id:2::" + HEX_64)),
                layout(Map.of("preset", "redis-rack"), "rack:session:2::" + HEX_64, List.of("rack:session:" + HEX_64)),
                layout(
                        Map.of("preset", "php"),
                        "PHPREDIS_SESSION:abc",
                        List.of("PHPREDIS_SESSION:abc_LOCK", "SESSION:abc")),
                layout(
                        Map.of("preset", "php"),
                        "PHPREDIS_CLUSTER_SESSION:abc",
                        List.of("PHPREDIS_CLUSTER_SESSION:abc_LOCK")),
                layout(Map.of("preset", "symfony"), "sf_sabc", List.of("sf_abc")),
                layout(
                        Map.of("preset", "laravel"),
                        "laravel_database_laravel_cache_" + FORTY,
                        List.of(
                                "laravel_database_laravel_cache_short",
                                "laravel_database_laravel_cache_" + HEX_40,
                                "laravel_database_laravel_cache_" + HEX_40 + ":timer",
                                "laravel_database_queues:default")),
                layout(
                        Map.of("preset", "laravel"),
                        "laravel-database-laravel-cache-" + FORTY,
                        List.of("laravel-database-laravel-cache-" + FORTY + "a")),
                layout(Map.of("preset", "gin"), "session_abc", List.of("session:abc")),
                layout(Map.of("preset", "scs"), "scs:session:abc", List.of("scs:abc")),
                layout(Map.of("preset", "aspnetcore", "prefix", "Shop"), "Shop" + UUID, List.of(UUID, "Shop:" + UUID)),
                layout(
                        Map.of("preset", "oauth2-proxy"),
                        "_oauth2_proxy-" + HEX_32,
                        List.of("_oauth2_proxy-" + HEX_32 + ".lock")),
                layout(
                        Map.of("preset", "better-auth"),
                        "better-auth:" + THIRTY_TWO,
                        List.of(
                                "better-auth:active-sessions-u",
                                "better-auth:active-sessions-" + "u".repeat(16),
                                "better-auth:10.0.0.1|/sign-up/email",
                                "better-auth:verification:" + "v".repeat(19))),
                layout(
                        Map.of("preset", "nextauth"),
                        "user:session:" + UUID,
                        List.of(
                                "user:session:by-user-id:" + UUID,
                                "user:" + UUID,
                                "user:account:by-user-id:" + UUID,
                                "user:email:a@b.example")),
                layout(Map.of("preset", "magento"), "sess_" + HEX_32, List.of("zc:k:sess", "sess:" + HEX_32)),
                layout(
                        Map.of("preset", "codeigniter"),
                        "ci_session:ci_session:" + HEX_32,
                        List.of("ci_session:ci_session:" + HEX_32 + ":lock")),
                layout(
                        Map.of("preset", "moodle", "prefix", "mdl_"),
                        "mdl_session_" + HEX_32,
                        List.of("mdl_user_2", "mdl_sessionmap", "mdl_" + HEX_32 + ".lock", "session_" + HEX_32)),
                layout(
                        Map.of("preset", "lua-resty-session"),
                        "session:" + "aB_-".repeat(10) + "xyz",
                        List.of("session:ZGVmYXVsdA:" + "u".repeat(32), "session:ZGVmYXVsdA")),
                layout(
                        Map.of("preset", "aspnet"),
                        "{/_" + TWENTY_FOUR + "}_Internal",
                        List.of("{/_" + TWENTY_FOUR + "}_Data", "{/_" + TWENTY_FOUR + "}_Write_Lock")),
                layout(
                        Map.of("preset", "aspnet", "prefix", "shop"),
                        "{shop_" + TWENTY_FOUR + "}_SessionTimeout",
                        List.of(
                                "{shop_" + TWENTY_FOUR + "}_SessionStateItemCollection",
                                "{shop_" + TWENTY_FOUR + "}_WriteLock",
                                "{blog_" + TWENTY_FOUR + "}_SessionTimeout")),
                layout(
                        Map.of("preset", "gitlab"),
                        "session:gitlab:2::" + HEX_64,
                        List.of("session:user:gitlab:2:" + HEX_64, "session:lookup:user:gitlab:2")),
                layout(
                        Map.of("preset", "litestar"),
                        "LITESTAR:" + HEX_64,
                        List.of("LITESTAR:GET/page", "LITESTAR_cache:" + HEX_64)),
                layout(Map.of("preset", "aiohttp-session"), "AIOHTTP_SESSION_" + HEX_32, List.of("AIOHTTP_" + HEX_32)),
                layout(
                        Map.of("preset", "adonisjs", "prefix", "shop:"),
                        "shop:" + TWENTY_FOUR,
                        List.of(TWENTY_FOUR, "shop:session_tag:1", "shop:0" + TWENTY_FOUR.substring(1))),
                layout(Map.of("preset", "fastify-session"), "sess:abc", List.of("session:abc")),
                layout(Map.of("preset", "yii"), "1a2b3" + HEX_32, List.of(HEX_32, "1a2b" + HEX_32)),
                layout(Map.of("preset", "yii", "prefix", "shop"), "shop" + HEX_32, List.of("1a2b3" + HEX_32)));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void countsTheSessionsAndNothingElse(Map<String, String> metadata, String session, List<String> others) {
        var query =
                (CountQuery.MatchingKeys) TriggerParser.parse(metadata).source().query();

        assertThat(counts(query, session)).isTrue();
        assertThat(others).noneMatch(other -> counts(query, other));
    }

    /** Without settings that hide what is characteristic of the framework. */
    static List<Arguments> recognizableLayouts() {
        return layouts().stream()
                .filter(layout -> !layout.get()[0].equals(Map.of("preset", "express", "prefix", "[a]:")))
                .filter(layout -> !layout.get()[0].equals(Map.of("preset", "yii", "prefix", "shop")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recognizableLayouts")
    void aSessionsKeySuggestsItsPresetWithItsSetting(
            Map<String, String> metadata, String session, List<String> others) {
        CountQuery query = TriggerParser.parse(metadata).source().query();

        assertThat(LayoutSignature.suggestions(asWritten(session, metadata), Optional.empty()))
                .extracting(suggestion -> suggestion.layout().preset().text())
                .contains(metadata.get("preset"));
        assertThat(LayoutSignature.suggestions(asWritten(session, metadata), Optional.empty()))
                .filteredOn(suggestion -> suggestion.layout().preset().text().equals(metadata.get("preset")))
                .allSatisfy(suggestion -> assertThat(counts(
                                (CountQuery.MatchingKeys) suggestion.layout().query(), asWritten(session, metadata)))
                        .isEqualTo(counts((CountQuery.MatchingKeys) query, asWritten(session, metadata))));
    }

    @Test
    void everyPresetOfKeysHasASignature() {
        assertThat(LayoutSignature.all())
                .extracting(LayoutSignature::preset)
                .containsAll(Stream.of(Preset.values())
                        .filter(preset -> preset != Preset.DEDICATED_DATABASE)
                        .toList());
    }

    /** With an id of the length that frameworks give, for the short one of the examples. */
    private static String asWritten(String session, Map<String, String> metadata) {
        String preset = metadata.getOrDefault("preset", "");
        String id = preset.equals("gin") ? "ABCD2345EFGH".repeat(4) + "WXYZ" : HEX_32;
        String longer = session.replaceAll("(?<=[:_.s])abc$", id);
        return preset.equals("sa-token") ? "satoken:login:token:" + UUID : longer;
    }

    @Test
    void presetsThatDoNotCountByPattern() {
        assertThat(TriggerParser.parse(Map.of("preset", "spring-session-zset", "namespace", "a[b"))
                        .source()
                        .query())
                .isEqualTo(new CountQuery.UnexpiredMembers("a[b:sessions:expirations"));
        assertThat(TriggerParser.parse(Map.of("preset", "dedicated-database"))
                        .source()
                        .query())
                .isEqualTo(new CountQuery.ExpiringKeys());
    }

    @ParameterizedTest
    @EnumSource(Preset.class)
    void everyPresetIsFoundByItsName(Preset preset) {
        assertThat(TriggerParser.parse(Map.of("preset", preset.text())).layout().map(Layout::preset))
                .contains(preset);
    }

    private static Arguments layout(Map<String, String> metadata, String session, List<String> others) {
        return Arguments.of(metadata, session, others);
    }

    private static boolean counts(CountQuery.MatchingKeys query, String key) {
        byte[] name = key.getBytes(UTF_8);
        return query.patterns().stream().anyMatch(pattern -> Glob.of(pattern).matches(name))
                && query.excludes().stream()
                        .noneMatch(exclude -> Glob.of(exclude).matches(name));
    }
}
