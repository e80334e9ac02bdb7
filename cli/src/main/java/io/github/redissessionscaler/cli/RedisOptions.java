package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.RedisVariable;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The Redis that a command reads by itself, in place of calling a scaler. */
final class RedisOptions {

    private static final Set<String> VARIABLES_OF_REDIS =
            Set.of(RedisVariable.REDIS_ADDRESS.name(), RedisVariable.REDIS_URL.name());

    @Option(
            names = "--redis",
            paramLabel = "ADDRESS",
            description =
                    "Count directly in this Redis: HOST:PORT or a URL, as in REDIS_ADDRESS and REDIS_URL. User and"
                            + " password are taken from REDIS_USERNAME, REDIS_PASSWORD and REDIS_PASSWORD_FILE.")
    private @Nullable String redis;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Count directly in Redis, with a connection of this configuration file; the metadata names it.")
    private @Nullable String configFile;

    boolean given() {
        return redis != null || configFile != null;
    }

    /**
     * The configuration of a scaler with these options.
     *
     * @param timeout the time limit of a read
     * @throws InvalidInputException with the mistakes in the configuration; one in the value of {@code --redis} names that option
     */
    ConfigSource configuration(Duration timeout) {
        if (redis != null && configFile != null) {
            throw InvalidInputException.of("--redis", "cannot be combined with --config");
        }
        try {
            return ConfigSource.of(environment(timeout));
        } catch (InvalidInputException e) {
            throw redis == null
                    ? OptionNames.inPlaceOfVariables(e, Map.of(ConfigLoader.CONFIG_FILE, "--config"))
                    : new InvalidInputException(
                            e.problems().stream().map(RedisOptions::ofOption).toList());
        }
    }

    private static Problem ofOption(Problem problem) {
        return VARIABLES_OF_REDIS.contains(problem.key())
                ? new Problem(
                        "--redis",
                        problem.message()
                                .replace(RedisVariable.REDIS_URL + "=", "--redis ")
                                .replace("as " + RedisVariable.REDIS_URL, "as it is"))
                : problem;
    }

    /** The environment of the command, in which the options replace the variables that they stand for. */
    private Map<String, String> environment(Duration timeout) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (redis != null) {
            environment.remove(ConfigLoader.CONFIG_FILE);
            environment.remove(RedisVariable.REDIS_ADDRESS.name());
            environment.remove(RedisVariable.REDIS_URL.name());
            environment.put(
                    (redis.contains("://") ? RedisVariable.REDIS_URL : RedisVariable.REDIS_ADDRESS).name(), redis);
        }
        if (configFile != null) {
            RedisVariable.names().forEach(environment::remove);
            environment.put(ConfigLoader.CONFIG_FILE, configFile);
        }
        environment.put(Setting.ANSWER_TIMEOUT.name(), timeout.toSeconds() + "s");
        return environment;
    }
}
