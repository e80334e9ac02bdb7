package io.github.redissessionscaler.config;

import io.github.redissessionscaler.input.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of the environment and its file, which may change while the scaler runs. What is read is compared, not
 * the file's time: Kubernetes replaces a mounted ConfigMap or Secret by switching a symbolic link. For one thread at a time;
 * {@link #current} for any.
 */
public final class ConfigSource {

    private final Map<String, String> environment;
    private Optional<ByteBuffer> seen;
    private volatile ServerConfig current;

    private ConfigSource(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.seen = content();
        this.current = ConfigLoader.load(environment);
    }

    /**
     * The configuration as it is now.
     *
     * @throws InvalidInputException with everything that is wrong
     */
    public static ConfigSource of(Map<String, String> environment) {
        return new ConfigSource(environment);
    }

    /** The last configuration that was good. */
    public ServerConfig current() {
        return current;
    }

    /**
     * Reads the file again; returns the configuration if the file has changed.
     *
     * @throws InvalidInputException with everything that is wrong, once for each change; the current one stays then
     */
    public Optional<ServerConfig> reread() {
        Optional<ByteBuffer> content = content();
        if (content.equals(seen)) {
            return Optional.empty();
        }
        ServerConfig loaded;
        try {
            loaded = ConfigLoader.load(environment);
        } catch (InvalidInputException e) {
            seen = content;
            throw e;
        }
        seen = content;
        current = loaded;
        return Optional.of(loaded);
    }

    /** Of the file; empty where none is named or it cannot be read, which is said when it is loaded. */
    private Optional<ByteBuffer> content() {
        String file = environment.getOrDefault(ConfigLoader.CONFIG_FILE, "");
        try {
            return file.isEmpty() ? Optional.empty() : Optional.of(ByteBuffer.wrap(Files.readAllBytes(Path.of(file))));
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
