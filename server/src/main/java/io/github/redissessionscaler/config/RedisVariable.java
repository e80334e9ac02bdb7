package io.github.redissessionscaler.config;

import java.util.Arrays;
import java.util.List;

/** An environment variable that describes the connection {@code default}. */
public enum RedisVariable {
    REDIS_ADDRESS("Address of Redis, host:port."),
    REDIS_URL(
            "The same as a URL: redis://, rediss://, unix://, redis-sentinel://, redis-cluster:// or a list of nodes."),
    REDIS_USERNAME("User name; by default, Redis's default user."),
    REDIS_PASSWORD("Password."),
    REDIS_PASSWORD_FILE("File that holds the password, read again for each new connection.");

    private final String meaning;

    RedisVariable(String meaning) {
        this.meaning = meaning;
    }

    /** Description, a sentence. */
    public String meaning() {
        return meaning;
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Enum::name).toList();
    }
}
