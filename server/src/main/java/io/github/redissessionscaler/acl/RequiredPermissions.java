package io.github.redissessionscaler.acl;

import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.Activation;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Glob;
import io.github.redissessionscaler.trigger.KeyRule;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Source;
import io.github.redissessionscaler.trigger.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The permissions that a Redis user should have for one trigger. */
public final class RequiredPermissions {

    /**
     * The topology of a trigger's Redis.
     *
     * @param cluster whether it is a Redis Cluster
     * @param servers whether primaries are found by discovery: a cluster, or sentinels
     * @param database its index
     */
    public record RedisSetup(boolean cluster, boolean servers, int database) {}

    private static final String PUSHES = "pushes within milliseconds";

    private final RedisSetup setup;
    private final List<AclRule> rights = new ArrayList<>();

    private RequiredPermissions(RedisSetup setup) {
        this.setup = setup;
    }

    /**
     * All permissions for a source, the required ones first.
     *
     * @param source no sum
     * @param type of the source's {@code key}, if known
     */
    public static List<AclRule> of(Source source, RedisSetup setup, Optional<KeyType> type) {
        var wanted = new RequiredPermissions(setup);
        wanted.connecting();
        wanted.counting(source.query(), type);
        wanted.helpful(source.query());
        return List.copyOf(wanted.rights);
    }

    /** The permissions for the keys that a trigger reads besides its source: {@code activeKey} and {@code sessionSizeKey}. */
    public static List<AclRule> ofKeys(Trigger trigger) {
        List<AclRule> rights = new ArrayList<>();
        if (trigger.activation() instanceof Activation.Flag(String key)) {
            rights.add(keyed("get", key));
        }
        trigger.target().sessionSizeKey().ifPresent(key -> rights.add(keyed("get", key)));
        return List.copyOf(rights);
    }

    private void connecting() {
        rights.add(AclRule.of("ping"));
        if (setup.cluster()) {
            rights.add(AclRule.of("cluster|slots"));
        }
        if (setup.database() > 0) {
            rights.add(AclRule.of("select", String.valueOf(setup.database())));
        }
    }

    private void counting(CountQuery query, Optional<KeyType> type) {
        switch (query) {
            case CountQuery.AllKeys() -> rights.add(AclRule.of("dbsize"));
            case CountQuery.ExpiringKeys() -> {
                rights.add(AclRule.of("info", "keyspace"));
                rights.add(AclRule.of("dbsize"));
            }
            case CountQuery.Elements(String key) -> {
                ofKey("type", key);
                type.ifPresent(known -> elements(key, known));
            }
            case CountQuery.RecentMembers recent -> scored(recent.key());
            case CountQuery.UnexpiredMembers(String key) -> scored(key);
            case CountQuery.SumOf(List<CountQuery.SumOf.Part> parts) ->
                parts.forEach(part -> counting(part.source().query(), Optional.empty()));
            case CountQuery.MatchingKeys keys -> {
                rights.add(AclRule.of("dbsize"));
                rights.add(AclRule.of("scan", "0", "COUNT", "1"));
                keys.rules().forEach(rule -> ofRule(rule, keys));
                if (setup.cluster() && keys.accuracy() == Accuracy.ESTIMATE) {
                    rights.add(AclRule.of("randomkey"));
                }
            }
        }
    }

    private void ofRule(KeyRule rule, CountQuery.MatchingKeys keys) {
        switch (rule) {
            case KeyRule.OfType _ -> ofMatching("type", keys);
            case KeyRule.MinTtl _ -> ofMatching("pttl", keys);
            case KeyRule.UsedWithin used ->
                ofMatching(used.sessionTtl().isPresent() ? "pttl" : "object|idletime", keys);
            case KeyRule.HasField(String field) -> ofMatching("hexists", keys, field);
            case KeyRule.MinSize _, KeyRule.SumOfElements _ -> {
                Optional<KeyType> type = keys.rule(KeyRule.OfType.class).flatMap(only -> KeyType.named(only.type()));
                if (type.isEmpty()) {
                    ofMatching("type", keys);
                }
                Arrays.stream(KeyType.values())
                        .filter(one -> type.isEmpty() || type.get() == one)
                        .filter(one -> rule instanceof KeyRule.MinSize || one != KeyType.STRING)
                        .forEach(one -> ofMatching(sizeCommand(one), keys));
            }
        }
    }

    private static String sizeCommand(KeyType type) {
        return switch (type) {
            case STRING -> "strlen";
            case LIST -> "llen";
            case SET -> "scard";
            case ZSET -> "zcard";
            case HASH -> "hlen";
            case STREAM -> "xlen";
        };
    }

    private void elements(String key, KeyType type) {
        switch (type) {
            case LIST, SET, ZSET, HASH, STREAM -> ofKey(sizeCommand(type), key);
            case STRING -> {
                ofKey("get", key);
                rights.add(keyed("pfcount", key).goodFor("counts of a HyperLogLog"));
            }
        }
    }

    private void scored(String key) {
        ofKey("type", key);
        rights.add(keyed("zcount", key, "0", "0"));
        rights.add(AclRule.of("time"));
    }

    private void helpful(CountQuery query) {
        if (query instanceof CountQuery.MatchingKeys keys) {
            if (setup.cluster() && keys.accuracy() != Accuracy.ESTIMATE) {
                rights.add(AclRule.of("randomkey").goodFor("estimates and layout warnings"));
            }
            keys.patterns()
                    .forEach(pattern ->
                            rights.add(ofMatching("pttl", pattern).goodFor("a warning about sessions without TTL")));
        }
        rights.add(AclRule.of("info", "stats")
                .goodFor(
                        setup.cluster()
                                ? "exact counts while slots move, and a warning when Redis evicts keys"
                                : "a warning when Redis evicts keys"));
        if (setup.servers()) {
            rights.add(AclRule.of("role").goodFor("a faster switch to a new primary"));
        }
        String channels = "__keyevent@" + setup.database() + "__:*";
        rights.add(AclRule.of("psubscribe", channels).at("&" + channels).goodFor(PUSHES));
    }

    private void ofKey(String command, String key) {
        rights.add(keyed(command, key));
    }

    private static AclRule keyed(String command, String key, String... arguments) {
        return keyed(command, key, place(Glob.escape(key)), arguments);
    }

    private static AclRule keyed(String command, String key, String place, String[] arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = key;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return AclRule.of(command, all).at(place);
    }

    private void ofMatching(String command, CountQuery.MatchingKeys keys, String... arguments) {
        keys.patterns().forEach(pattern -> rights.add(ofMatching(command, pattern, arguments)));
    }

    private static AclRule ofMatching(String command, String pattern, String... arguments) {
        return keyed(command, Glob.example(pattern), place(pattern), arguments);
    }

    /** A rule for keys. Redis does not accept spaces, so {@code ?} replaces them. */
    private static String place(String pattern) {
        return "~" + pattern.replaceAll("\\s", "?");
    }
}
