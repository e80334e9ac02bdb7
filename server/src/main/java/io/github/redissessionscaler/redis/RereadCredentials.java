package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Credentials;
import io.github.redissessionscaler.config.Secret;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.RedisCredentials;
import redis.clients.jedis.RedisCredentialsProvider;

/** Credentials; a password file is read for each new connection. */
record RereadCredentials(Credentials credentials) implements RedisCredentialsProvider {

    @Override
    public RedisCredentials get() {
        String password = switch (credentials.password()) {
            case Secret.Literal(String value) -> value;
            case Secret.InFile(Path path) -> read(path);
            case Secret.Token _ -> throw new IllegalStateException("a token is no password");
        };
        return new DefaultRedisCredentials(credentials.username(), password);
    }

    /** Removes the final line break and the byte order mark that editors add. */
    private static String read(Path path) {
        String password;
        try {
            password = Secret.withoutLineEnd(Files.readString(path));
        } catch (IOException e) {
            throw new KeyspaceException(
                    Reason.NOAUTH, "the password file " + path + " cannot be read: " + Causes.describe(e), e);
        }
        if (password.isEmpty()) {
            throw new KeyspaceException(Reason.NOAUTH, "the password file " + path + " is empty");
        }
        return password;
    }
}
