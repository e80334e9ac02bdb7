package io.github.redissessionscaler.cli;

import static java.util.stream.Collectors.joining;

import io.github.redissessionscaler.app.Scaler;
import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.RedisVariable;
import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.embedded.EmbeddedRedis;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Problems;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the scaler until the process gets a signal. */
@Command(
        name = "serve",
        description = "Runs the scaler until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footerHeading = "%nEnvironment (the configuration file takes the names in brackets):%n")
final class ServeCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    private static final int MOST_SESSIONS = 1_000_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--embedded-redis",
            description = "Start a private redis-server and count its keys, to try the scaler. All ports then listen on"
                    + " loopback, unless LISTEN_ADDRESS is set.")
    private boolean embeddedRedis;

    @Option(
            names = "--embedded-redis-port",
            paramLabel = "PORT",
            description = "Port of the private redis-server; 0, the default, chooses a free one.")
    private @Nullable Integer embeddedRedisPort;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = "With --embedded-redis: create N sessions in it, up to 1,000,000, which end after a day.")
    private @Nullable Integer sessions;

    @Option(names = "--grpc-port", paramLabel = "PORT", description = "Same as GRPC_PORT.")
    private @Nullable String grpcPort;

    @Option(names = "--management-port", paramLabel = "PORT", description = "Same as MANAGEMENT_PORT.")
    private @Nullable String managementPort;

    @Option(names = "--config", paramLabel = "FILE", description = "Same as CONFIG_FILE.")
    private @Nullable String configFile;

    /** The command, whose help ends with every environment variable and its default. */
    static CommandLine commandLine() {
        var commandLine = new CommandLine(new ServeCommand());
        commandLine
                .getHelpSectionMap()
                .put(CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER, ServeCommand::environmentHelp);
        return commandLine;
    }

    private static String environmentHelp(CommandLine.Help help) {
        int width = help.commandSpec().usageMessage().width();
        Stream<String> redis =
                Stream.of(RedisVariable.values()).map(variable -> lines(variable.name(), variable.meaning(), width));
        Stream<String> file = Stream.of(lines(
                ConfigLoader.CONFIG_FILE, "YAML file with named connections, TLS and all other settings.", width));
        Stream<String> settings = Stream.of(Setting.values())
                .map(setting -> lines(
                        setting.name(),
                        "%s (%s%s)"
                                .formatted(
                                        setting.meaning(),
                                        setting.path(),
                                        setting.byDefault()
                                                .map(value -> "; default: " + value)
                                                .orElse("")),
                        width));
        return Stream.of(redis, file, settings).flatMap(lines -> lines).collect(joining());
    }

    /** The name, and beside it the meaning, wrapped between words. */
    private static String lines(String name, String meaning, int width) {
        var lines = new StringBuilder();
        var line = new StringBuilder("  %-23s".formatted(name));
        for (String word : meaning.split(" ", -1)) {
            if (line.length() + 1 + word.length() > width) {
                lines.append(line).append(System.lineSeparator());
                line = new StringBuilder(" ".repeat(25));
            }
            line.append(' ').append(word);
        }
        return lines.append(line).append(System.lineSeparator()).toString();
    }

    @Override
    public Integer call() throws InterruptedException {
        checkEmbeddedRedis();
        if (!embeddedRedis) {
            return serve(environment(Map.of()), Optional.empty());
        }
        try (var redis = EmbeddedRedis.start(embeddedRedisPort == null ? 0 : embeddedRedisPort)) {
            Optional.ofNullable(sessions).ifPresent(redis::addSessions);
            Map<String, String> embedded = Map.of(
                    RedisVariable.REDIS_ADDRESS.name(),
                    "127.0.0.1:" + redis.port(),
                    Setting.LISTEN_ADDRESS.name(),
                    "127.0.0.1");
            return serve(environment(embedded), Optional.of(redis));
        }
    }

    private void checkEmbeddedRedis() {
        var problems = new Problems();
        if (embeddedRedisPort != null && !embeddedRedis) {
            problems.add("--embedded-redis-port", "requires --embedded-redis");
        }
        if (sessions != null && !embeddedRedis) {
            problems.add("--sessions", "requires --embedded-redis");
        }
        Integer number = sessions;
        if (number != null && (number < 1 || number > MOST_SESSIONS)) {
            problems.add("--sessions", number + " is not a whole number from 1 to " + MOST_SESSIONS);
        }
        problems.throwIfAny();
    }

    private int serve(Map<String, String> environment, Optional<EmbeddedRedis> redis) throws InterruptedException {
        ConfigSource source = source(environment);
        ServerConfig config = source.current();
        Logging.use(config.logFormat(), config.logLevel());
        ConfigLoader.misspelled(environment)
                .forEach((name, meant) -> LOG.warn(
                        "The environment variable {} is not a setting; did you mean {}? See serve --help",
                        name,
                        meant));
        var scaler = Scaler.start(source, changed -> Logging.use(config.logFormat(), changed.logLevel()));
        Runtime.getRuntime().addShutdownHook(new Thread(scaler::close, "ending"));
        switch (config.logFormat()) {
            case TEXT -> printReady(config, scaler, redis);
            case JSON ->
                LOG.atInfo()
                        .addKeyValue("grpcPort", scaler.grpcPort())
                        .addKeyValue("managementPort", scaler.managementPort())
                        .log("redis-session-scaler is ready");
        }
        scaler.logConnections();
        scaler.awaitTermination();
        return 0;
    }

    private ConfigSource source(Map<String, String> environment) {
        try {
            return ConfigSource.of(environment);
        } catch (InvalidInputException e) {
            Map<String, String> given = new HashMap<>();
            put(given, Setting.GRPC_PORT.name(), grpcPort == null ? null : "--grpc-port");
            put(given, Setting.MANAGEMENT_PORT.name(), managementPort == null ? null : "--management-port");
            put(given, ConfigLoader.CONFIG_FILE, configFile == null ? null : "--config");
            throw OptionNames.inPlaceOfVariables(e, given);
        }
    }

    private void printReady(ServerConfig config, Scaler scaler, Optional<EmbeddedRedis> redis) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("redis-session-scaler is ready: gRPC on %s:%d, http://%s:%d/"
                .formatted(config.listenAddress(), scaler.grpcPort(), config.listenAddress(), scaler.managementPort()));
        redis.ifPresent(
                server -> out.println(nextSteps(sessions == null ? 0 : sessions, server.port(), scaler.grpcPort())));
        out.flush();
    }

    /** The format of its log, also when the configuration is invalid. */
    LogFormat logFormat() {
        return ConfigLoader.logFormat(environment(Map.of()));
    }

    private static String nextSteps(int sessions, int redisPort, int grpcPort) {
        return """

            A private Redis with %d sessions listens on 127.0.0.1:%d. In a second terminal:

              create 101 sessions:   redis-cli -p %d EVAL "for i=%d,%d do redis.call('SETEX','session:'..i,1800,'x') end" 0
              call the scaler:       ./redis-session-scaler check --scaler 127.0.0.1:%d --metadata wholeReplicas=true
            """.formatted(sessions, redisPort, redisPort, sessions + 1, sessions + 101, grpcPort);
    }

    /** The environment, with what the command line says in its place, and with defaults for what neither says. */
    private Map<String, String> environment(Map<String, String> defaults) {
        Map<String, String> environment = new HashMap<>(defaults);
        environment.putAll(System.getenv());
        put(environment, Setting.GRPC_PORT.name(), grpcPort);
        put(environment, Setting.MANAGEMENT_PORT.name(), managementPort);
        put(environment, ConfigLoader.CONFIG_FILE, configFile);
        return environment;
    }

    private static void put(Map<String, String> environment, String name, @Nullable String value) {
        if (value != null) {
            environment.put(name, value);
        }
    }
}
