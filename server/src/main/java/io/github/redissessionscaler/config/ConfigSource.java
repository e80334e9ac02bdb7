package io.github.redissessionscaler.config;

import io.github.redissessionscaler.input.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of the environment and its file, which may change at run time. Changes are detected by content, not by
 * modification time, because Kubernetes replaces a mounted ConfigMap or Secret by switching a symbolic link. For one thread
 * at a time; {@link #current} is thread-safe.
 */
public final class ConfigSource {

    private final Map<String, String> environment;
    private Optional<ByteBuffer> seen;

    /** Why the content was refused; empty if it was not. */
    private Optional<String> refusal = Optional.empty();

    private volatile ServerConfig current;

    private ConfigSource(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.seen = content();
        this.current = ConfigLoader.load(environment);
    }

    /**
     * Loads the configuration.
     *
     * @throws InvalidInputException with all problems
     */
    public static ConfigSource of(Map<String, String> environment) {
        return new ConfigSource(environment);
    }

    /** The last valid configuration. */
    public ServerConfig current() {
        return current;
    }

    /**
     * Reloads the file; returns the configuration if it has changed. A refused one is tried again at each call, because a file
     * that it names may appear.
     *
     * @throws InvalidInputException with all problems, once for each change; the current configuration stays
     */
    public Optional<ServerConfig> reread() {
        Optional<ByteBuffer> content = content();
        boolean changed = !content.equals(seen);
        return changed || refusal.isPresent() ? load(content, changed) : Optional.empty();
    }

    private Optional<ServerConfig> load(Optional<ByteBuffer> content, boolean changed) {
        try {
            current = ConfigLoader.reload(environment, current);
            seen = content;
            refusal = Optional.empty();
            return Optional.of(current);
        } catch (InvalidInputException e) {
            seen = content;
            Optional<String> before = refusal;
            refusal = Optional.of(String.valueOf(e.getMessage()));
            if (changed || !refusal.equals(before)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Content of the file; empty if none is configured or it cannot be read. Loading reports that. */
    private Optional<ByteBuffer> content() {
        String file = environment.getOrDefault(ConfigLoader.CONFIG_FILE, "");
        try {
            return file.isEmpty() ? Optional.empty() : Optional.of(ByteBuffer.wrap(Files.readAllBytes(Path.of(file))));
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
