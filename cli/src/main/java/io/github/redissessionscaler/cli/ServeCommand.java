package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.app.Scaler;
import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.RedisVariable;
import io.github.redissessionscaler.config.ServerConfig;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.embedded.EmbeddedRedis;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
            defaultValue = "0",
            description = "Port of the private redis-server; 0, the default, chooses a free one.")
    private int embeddedRedisPort;

    @Option(names = "--grpc-port", paramLabel = "PORT", description = "Same as GRPC_PORT.")
    private @Nullable String grpcPort;

    @Option(names = "--management-port", paramLabel = "PORT", description = "Same as MANAGEMENT_PORT.")
    private @Nullable String managementPort;

    @Option(names = "--config", paramLabel = "FILE", description = "Same as CONFIG_FILE.")
    private @Nullable String configFile;

    /** The command, whose help ends with every environment variable and its default. */
    static CommandLine commandLine() {
        var commandLine = new CommandLine(new ServeCommand());
        commandLine.getCommandSpec().usageMessage().footer(environmentHelp());
        return commandLine;
    }

    private static String[] environmentHelp() {
        Stream<String> redis =
                Stream.of(RedisVariable.values()).map(variable -> line(variable.name(), variable.meaning()));
        Stream<String> file = Stream.of(
                line(ConfigLoader.CONFIG_FILE, "YAML file with named connections, TLS and all other settings."));
        Stream<String> settings = Stream.of(Setting.values())
                .map(setting -> line(
                        setting.name(),
                        "%s (%s%s)"
                                .formatted(
                                        setting.meaning(),
                                        setting.path(),
                                        setting.byDefault()
                                                .map(value -> "; default: " + value)
                                                .orElse(""))));
        return Stream.of(redis, file, settings).flatMap(lines -> lines).toArray(String[]::new);
    }

    private static String line(String name, String meaning) {
        return "  %-20s %s".formatted(name, meaning).replace("%", "%%");
    }

    @Override
    public Integer call() throws InterruptedException {
        if (!embeddedRedis) {
            return serve(environment(Map.of()), Optional.empty());
        }
        try (var redis = EmbeddedRedis.start(embeddedRedisPort)) {
            Map<String, String> embedded = Map.of(
                    RedisVariable.REDIS_ADDRESS.name(),
                    "127.0.0.1:" + redis.port(),
                    Setting.LISTEN_ADDRESS.name(),
                    "127.0.0.1");
            return serve(environment(embedded), Optional.of(redis));
        }
    }

    private int serve(Map<String, String> environment, Optional<EmbeddedRedis> redis) throws InterruptedException {
        var source = ConfigSource.of(environment);
        ServerConfig config = source.current();
        Logging.use(config.logFormat(), config.logLevel());
        var scaler = Scaler.start(source, changed -> Logging.use(config.logFormat(), changed.logLevel()));
        var ending = new Thread(
                () -> {
                    scaler.close();
                    redis.ifPresent(EmbeddedRedis::close);
                },
                "ending");
        Runtime.getRuntime().addShutdownHook(ending);
        PrintWriter out = spec.commandLine().getOut();
        out.println("redis-session-scaler is ready: gRPC on %s:%d, http://%s:%d/"
                .formatted(config.listenAddress(), scaler.grpcPort(), config.listenAddress(), scaler.managementPort()));
        redis.ifPresent(server -> out.println(nextSteps(server.port(), scaler.grpcPort())));
        out.flush();
        scaler.awaitTermination();
        return 0;
    }

    private static String nextSteps(int redisPort, int grpcPort) {
        return """

            An empty Redis listens on 127.0.0.1:%d. In a second terminal:

              create 101 sessions:   redis-cli -p %d EVAL "for i=1,101 do redis.call('SETEX','session:'..i,1800,'x') end" 0
              call the scaler:       ./redis-session-scaler check --scaler 127.0.0.1:%d --metadata wholeReplicas=true
            """.formatted(redisPort, redisPort, grpcPort);
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
