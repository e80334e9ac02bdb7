package io.github.redissessionscaler.layouts;

import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.RunningScaler;
import java.util.HashMap;
import java.util.Map;

/** A scaler that has just been started, so that it reports nothing from before. */
final class FreshScaler {

    private FreshScaler() {}

    /** The value for the trigger with this metadata. */
    static double count(RedisServer redis, Map<String, String> trigger) {
        Map<String, String> orFail = new HashMap<>(trigger);
        orFail.put("onUnavailable", "error");
        try (var scaler = RunningScaler.with(Map.of("REDIS_ADDRESS", redis.address()))) {
            return scaler.metric(orFail);
        }
    }
}
