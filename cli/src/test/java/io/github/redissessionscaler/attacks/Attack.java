package io.github.redissessionscaler.attacks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What strangers do; each kind is an enum. Each attack is bounded by a count, which is ten times what ended the scaler before it
 * had limits where a count did, and by a time.
 */
sealed interface Attack permits ConnectionAttack, Http2Attack, ManagementAttack, MetadataAttack, RedisAttack {

    /** All of them, kind by kind. */
    static List<Attack> all() {
        return Stream.<Attack[]>of(
                        ConnectionAttack.values(),
                        Http2Attack.values(),
                        ManagementAttack.values(),
                        MetadataAttack.values(),
                        RedisAttack.values())
                .flatMap(Stream::of)
                .toList();
    }

    String name();

    /** What it is, a noun. */
    String words();

    /** How often, at most. */
    int most();

    void on(Target target) throws IOException;

    /** Whether the scaler asks for certificates. */
    default boolean mutualTls() {
        return false;
    }

    /** What the honest client beside it asks. */
    default Map<String, String> honestMetadata() {
        return Map.of("onUnavailable", "error");
    }

    /** How long the whole of it takes at most. */
    default Duration time() {
        return Duration.ofSeconds(12);
    }

    /** How many triggers there are before it begins. */
    default int triggers() {
        return 0;
    }

    /** Whether the honest client opens a connection for each call. */
    default boolean newConnections() {
        return false;
    }

    /** The Redis of the strangers, if they have one. */
    default Optional<StrangeRedis> strangeRedis() {
        return Optional.empty();
    }
}
