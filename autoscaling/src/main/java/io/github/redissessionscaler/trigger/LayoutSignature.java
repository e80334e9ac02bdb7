package io.github.redissessionscaler.trigger;

import static io.github.redissessionscaler.trigger.KeyType.HASH;
import static io.github.redissessionscaler.trigger.KeyType.STRING;
import static io.github.redissessionscaler.trigger.KeyType.ZSET;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the key of a preset's session looks, whatever the preset's setting: finds the setting in a key. Thread-safe.
 *
 * @param name a regular expression for the whole name, whose group {@code setting} is the value of the setting; a key in which
 *     the group is missing has no setting
 * @param type of the key
 * @param endless whether the framework may write sessions without a time to live
 * @param vague whether other programs could easily choose such names
 */
public record LayoutSignature(Preset preset, Pattern name, KeyType type, boolean endless, boolean vague) {

    private static final String UUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}";

    /** The ids of many frameworks. */
    private static final String ID = "[-0-9A-Za-z_,.]{16,256}";

    private static final int LONGEST_NAME = 512;

    /** All signatures, the more characteristic ones first. One for each preset but {@code dedicated-database}. */
    private static final List<LayoutSignature> ALL = List.of(
            of(Preset.SPRING_SESSION_INDEXED, "(?<setting>.+):sessions:expires:.+", STRING),
            of(Preset.SPRING_SESSION_ZSET, "(?<setting>.+):sessions:expirations", ZSET)
                    .mayBeEndless(),
            of(Preset.MICRONAUT, "(?<setting>.+)expiry:" + UUID, STRING),
            of(Preset.SPRING_SESSION, "(?<setting>.+):sessions:" + UUID, HASH),
            of(Preset.REDISSON_TOMCAT, "(?:(?<setting>.+):)?redisson:tomcat_session:.+", HASH),
            of(Preset.REDISSON_MICRONAUT, "(?:(?<setting>.+):)?redisson:session:notification:.+", STRING),
            of(Preset.QUARKUS_OIDC, "(?<setting>.*oidc:token:).+", STRING),
            of(Preset.SHIRO, "(?<setting>.*shiro:session:).+", STRING),
            of(Preset.DJANGO, "(?<setting>.*)django\\.contrib\\.sessions\\.cache(?:d_db)?[0-9a-z]{32}", STRING),
            of(Preset.STARSESSIONS, "(?<setting>.*starsessions\\.).+", STRING),
            of(Preset.RAILS, "(?:(?<setting>.+):)?_session_id:2::[0-9a-f]{64}", STRING)
                    .mayBeEndless(),
            of(Preset.GITLAB, "(?<setting>session:gitlab):2::[0-9a-f]{64}", STRING),
            of(Preset.REDIS_RACK, "(?<setting>.+):2::[0-9a-f]{64}", STRING).mayBeEndless(),
            of(Preset.PHP, "(?<setting>.*PHPREDIS_(?:CLUSTER_)?SESSION:).+(?<!_LOCK)", STRING),
            of(Preset.SCS, "(?<setting>.*scs:session:).+", STRING),
            of(Preset.OAUTH2_PROXY, "(?<setting>.*oauth2_proxy.*-)[0-9a-f]{32}", STRING),
            of(Preset.AIOHTTP_SESSION, "(?<setting>.*AIOHTTP_SESSION_).+", STRING),
            of(Preset.CODEIGNITER, "(?<setting>ci_session:).+(?<!:lock)", STRING),
            of(Preset.ASPNET, "\\{(?<setting>.+)_[a-z0-9]{24}}_(?:Internal|SessionTimeout)", HASH),
            of(Preset.SA_TOKEN, "(?<setting>.+:[^:]+):token:" + UUID, STRING),
            of(Preset.KOA, "(?<setting>.*koa:sess:)" + ID, STRING),
            of(Preset.NEXTAUTH, "(?<setting>.*user:session:)(?!by-user-id:).+", STRING)
                    .mayBeEndless(),
            of(Preset.FASTIFY_SESSION, "(?<setting>(?:.*[^A-Za-z])?sess:)" + ID, HASH),
            of(Preset.EXPRESS, "(?<setting>(?:.*[^A-Za-z])?sess:)" + ID, STRING),
            of(Preset.GIN, "(?<setting>.*session_)[A-Z2-7]{52}", STRING),
            of(Preset.MOODLE, "(?<setting>.+)?session_[-0-9a-zA-Z,]{22,256}", HASH),
            of(Preset.MAGENTO, "(?<setting>.*sess_)[-0-9a-zA-Z,]{22,256}", HASH),
            of(Preset.SYMFONY, "(?<setting>.*sf_s)[-0-9a-zA-Z,]{22,256}", STRING),
            of(Preset.LITESTAR, "(?<setting>.*LITESTAR.*:)[0-9a-f]{64}", STRING),
            of(Preset.BETTER_AUTH, "(?<setting>.*better-auth:)[0-9A-Za-z]{32}", STRING),
            of(Preset.FLASK, "(?<setting>(?:.*[^A-Za-z])?session:)" + ID, STRING),
            of(Preset.LUA_RESTY_SESSION, "(?<setting>(?:.*[^A-Za-z])?session:)[-0-9A-Za-z_]{43}", STRING),
            of(Preset.LARAVEL, "(?<setting>.*cache[-_]:?)(?=[0-9a-f]*[g-zA-Z])[0-9A-Za-z]{40}", STRING),
            of(Preset.LARAVEL, "(?<setting>.+[-_:])(?=[0-9a-f]*[g-zA-Z])[0-9A-Za-z]{40}", STRING)
                    .asVague(),
            of(Preset.LITESTAR, "(?<setting>.+:)[0-9a-f]{64}", STRING).asVague(),
            of(
                            Preset.BETTER_AUTH,
                            "(?!.*active-sessions-)(?<setting>.+[-_:.])(?=.*[A-Z])(?=.*[a-z])[0-9A-Za-z]{32}",
                            STRING)
                    .asVague(),
            of(Preset.YII, "(?<setting>[0-9a-f]{5})[0-9a-f]{32}", STRING).asVague(),
            of(Preset.ASPNETCORE, "(?<setting>.+?)?" + UUID, HASH).asVague(),
            of(Preset.ADONISJS, "(?<setting>.+[-_:.])?(?=.*[g-z])[a-z][0-9a-z]{23}", STRING)
                    .asVague());

    /**
     * A layout that a key suggests.
     *
     * @param layout without a setting where the key has the default one
     */
    public record Suggestion(Layout layout, LayoutSignature signature) {}

    /** All signatures, the more characteristic ones first. */
    public static List<LayoutSignature> all() {
        return ALL;
    }

    /**
     * The layouts that a key suggests, in the order of {@link #all}.
     *
     * @param name of the key
     * @param type of the key as TYPE gives it; empty if it is unknown
     */
    public static List<Suggestion> suggestions(String name, Optional<KeyType> type) {
        if (name.length() > LONGEST_NAME) {
            return List.of();
        }
        return ALL.stream()
                .filter(signature -> type.map(known -> known == signature.type).orElse(true))
                .flatMap(signature -> signature.suggestion(name).stream())
                .toList();
    }

    private Optional<Suggestion> suggestion(String key) {
        Matcher matcher = name.matcher(key);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Optional<String> setting = Optional.ofNullable(matcher.group("setting"))
                .filter(text -> !text.isEmpty() && preset.setting().isPresent())
                .filter(text ->
                        !preset.setting().map(option -> option.defaultText()).equals(Optional.of(text)));
        boolean accepted = setting.map(text ->
                        text.chars().noneMatch(Character::isISOControl) && text.length() <= MetadataValues.LONGEST)
                .orElse(true);
        return accepted ? Optional.of(new Suggestion(new Layout(preset, setting), this)) : Optional.empty();
    }

    private static LayoutSignature of(Preset preset, String name, KeyType type) {
        return new LayoutSignature(preset, Pattern.compile(name, Pattern.DOTALL), type, false, false);
    }

    private LayoutSignature mayBeEndless() {
        return new LayoutSignature(preset, name, type, true, vague);
    }

    private LayoutSignature asVague() {
        return new LayoutSignature(preset, name, type, endless, true);
    }
}
