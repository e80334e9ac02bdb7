package io.github.redissessionscaler.config;

import io.github.redissessionscaler.problem.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of the environment and its file, which may change while the scaler runs. What is read is compared, not
 * the file's time: Kubernetes replaces a mounted ConfigMap or Secret by switching a symbolic link. For one thread at a time;
 * {@link #current} for any.
 */
public final class ConfigSource {

    private static final byte[] NONE = new byte[0];

    private final Map<String, String> environment;
    private byte[] seen;
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
        byte[] content = content();
        if (Arrays.equals(content, seen)) {
            return Optional.empty();
        }
        seen = content;
        current = ConfigLoader.load(environment);
        return Optional.of(current);
    }

    /** A file that cannot be read counts as an empty one; what it is worth is said when it is loaded. */
    private byte[] content() {
        String file = environment.getOrDefault(ConfigLoader.CONFIG_FILE, "");
        try {
            return file.isEmpty() ? NONE : Files.readAllBytes(Path.of(file));
        } catch (IOException _) {
            return NONE;
        }
    }
}
