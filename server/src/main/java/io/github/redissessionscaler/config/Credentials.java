package io.github.redissessionscaler.config;

/** An ACL user and its password. */
public record Credentials(String username, Secret password) {

    /** The user of Redis for clients that name none. */
    private static final String DEFAULT_USER = "default";

    static String userOrDefault(String username) {
        return username.isEmpty() ? DEFAULT_USER : username;
    }
}
