package io.github.redissessionscaler.acl;

import io.github.redissessionscaler.trigger.Accuracy;
import io.github.redissessionscaler.trigger.Activation;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Glob;
import io.github.redissessionscaler.trigger.KeyType;
import io.github.redissessionscaler.trigger.Trigger;
import java.util.ArrayList;
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
     * All permissions, the required ones first.
     *
     * @param type of the trigger's {@code key}, if known
     */
    public static List<AclRule> of(Trigger trigger, RedisSetup setup, Optional<KeyType> type) {
        var wanted = new RequiredPermissions(setup);
        wanted.connecting();
        wanted.counting(trigger.source().query(), type);
        if (trigger.activation() instanceof Activation.Flag(String key)) {
            wanted.ofKey("get", key);
        }
        trigger.target().sessionSizeKey().ifPresent(key -> wanted.ofKey("get", key));
        wanted.helpful(trigger.source().query());
        return List.copyOf(wanted.rights);
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
            case CountQuery.MatchingKeys keys -> {
                rights.add(AclRule.of("dbsize"));
                rights.add(AclRule.of("scan", "0", "COUNT", "1"));
                keys.type().ifPresent(_ -> rights.add(ofMatching("type", keys)));
                if (keys.minTtl().isPositive()) {
                    rights.add(ofMatching("pttl", keys));
                }
                if (setup.cluster() && keys.accuracy() == Accuracy.ESTIMATE) {
                    rights.add(AclRule.of("randomkey"));
                }
            }
        }
    }

    private void elements(String key, KeyType type) {
        switch (type) {
            case LIST -> ofKey("llen", key);
            case SET -> ofKey("scard", key);
            case ZSET -> ofKey("zcard", key);
            case HASH -> ofKey("hlen", key);
            case STREAM -> ofKey("xlen", key);
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
            rights.add(ofMatching("pttl", keys).goodFor("a warning about sessions without TTL"));
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
        String[] all = new String[arguments.length + 1];
        all[0] = key;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return AclRule.of(command, all).at(place(Glob.escape(key)));
    }

    private static AclRule ofMatching(String command, CountQuery.MatchingKeys keys) {
        return AclRule.of(command, Glob.example(keys.pattern())).at(place(keys.pattern()));
    }

    /** A rule for keys. Redis does not accept spaces, so {@code ?} replaces them. */
    private static String place(String pattern) {
        return "~" + pattern.replaceAll("\\s", "?");
    }
}
