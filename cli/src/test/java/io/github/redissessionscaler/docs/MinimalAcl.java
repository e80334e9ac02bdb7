package io.github.redissessionscaler.docs;

import java.util.List;
import java.util.Map;

/** What an ACL user needs for each way of counting: stands in the reference, and is tried in a test. */
public enum MinimalAcl {
    ALL_KEYS("all keys", Map.of(), "+ping", "+dbsize"),
    LIST("`key`, a list", Map.of("key", "list"), "+ping", "+type", "+llen", "~list"),
    SET("`key`, a set", Map.of("key", "set"), "+ping", "+type", "+scard", "~set"),
    SORTED_SET("`key`, a sorted set", Map.of("key", "zset"), "+ping", "+type", "+zcard", "~zset"),
    HASH("`key`, a hash", Map.of("key", "hash"), "+ping", "+type", "+hlen", "~hash"),
    STREAM("`key`, a stream", Map.of("key", "stream"), "+ping", "+type", "+xlen", "~stream"),
    NUMBER("`key`, a number", Map.of("key", "number"), "+ping", "+type", "+get", "~number"),
    HYPER_LOG_LOG("`key`, a HyperLogLog", Map.of("key", "log"), "+ping", "+type", "+get", "+pfcount", "~log"),
    ACTIVE_WITHIN(
            "`key` with `activeWithin`, `preset: spring-session-zset`",
            Map.of("key", "zset", "activeWithin", "30m"),
            "+ping",
            "+type",
            "+zcount",
            "+time",
            "~zset"),
    DEDICATED_DATABASE(
            "`preset: dedicated-database`", Map.of("preset", "dedicated-database"), "+ping", "+info", "+dbsize"),
    PATTERN("`keyPattern`, and other presets", Map.of("keyPattern", "session:*"), "+ping", "+dbsize", "+scan"),
    TYPE(
            "the same with `keyType`, or a preset of hashes",
            Map.of("keyPattern", "session:*", "keyType", "string"),
            "+ping",
            "+dbsize",
            "+scan",
            "+type",
            "~session:*"),
    MIN_TTL(
            "the same with `minTtl`, or `preset: redisson-tomcat`",
            Map.of("keyPattern", "session:*", "minTtl", "1m"),
            "+ping",
            "+dbsize",
            "+scan",
            "+pttl",
            "~session:*"),
    HAS_FIELD(
            "the same with `hasField`",
            Map.of("keyPattern", "user:*", "hasField", "name"),
            "+ping",
            "+dbsize",
            "+scan",
            "+hexists",
            "~user:*"),
    MIN_SIZE(
            "the same with `minSize`; with `keyType`, only the command of that type",
            Map.of("keyPattern", "session:*", "minSize", "1"),
            "+ping",
            "+dbsize",
            "+scan",
            "+type",
            "+strlen",
            "+llen",
            "+scard",
            "+zcard",
            "+hlen",
            "+xlen",
            "~session:*"),
    ELEMENTS(
            "the same with `elements`; with `keyType`, only the command of that type",
            Map.of("keyPattern", "user:*", "elements", "true"),
            "+ping",
            "+dbsize",
            "+scan",
            "+type",
            "+llen",
            "+scard",
            "+zcard",
            "+hlen",
            "+xlen",
            "~user:*"),
    SESSION_TTL(
            "the same with `activeWithin` and `sessionTtl`",
            Map.of("keyPattern", "session:*", "activeWithin", "10m", "sessionTtl", "30m"),
            "+ping",
            "+dbsize",
            "+scan",
            "+pttl",
            "~session:*"),
    IDLE_TIME(
            "the same with `activeWithin` alone",
            Map.of("keyPattern", "session:*", "activeWithin", "10m"),
            "+ping",
            "+dbsize",
            "+scan",
            "+object|idletime",
            "~session:*"),
    ACTIVE_KEY(
            "`activeKey`, and `sessionSizeKey`",
            Map.of("keyPattern", "session:*", "activeKey", "flag", "sessionSizeKey", "number"),
            "+ping",
            "+dbsize",
            "+scan",
            "+get",
            "~flag",
            "~number");

    private final String way;

    @SuppressWarnings("ImmutableEnumChecker") // an immutable map
    private final Map<String, String> metadata;

    @SuppressWarnings("ImmutableEnumChecker") // an immutable list
    private final List<String> rules;

    MinimalAcl(String way, Map<String, String> metadata, String... rules) {
        this.way = way;
        this.metadata = metadata;
        this.rules = List.of(rules);
    }

    /** The way of counting, in Markdown. */
    public String way() {
        return way;
    }

    /** Metadata that counts in this way. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** As {@code ACL SETUSER} takes them. */
    public List<String> rules() {
        return rules;
    }
}
