package io.github.redissessionscaler.config;

/** An ACL user and its password; the user is {@code default} where there is only a password. */
public record Credentials(String username, Secret password) {}
