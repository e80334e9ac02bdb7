package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.app.Inspection;
import io.github.redissessionscaler.cli.CheckResult.CurrentReplicas;
import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.ConfigSource;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.RedisVariable;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.config.Setting;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problem;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.simulation.ScaledObjectFile;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks a running scaler as KEDA does, or Redis as a scaler does, and says what KEDA and the HPA make of the answer. */
@Command(
        name = "check",
        description =
                "Tests a trigger: calls a running scaler exactly as KEDA does, or counts directly in Redis, and shows"
                        + " what KEDA and the HPA do with the result. Exits with status 3 if there is a number and a"
                        + " warning about it.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class CheckCommand implements Callable<Integer> {

    private static final String CHECK = "check";
    private static final String MY_APP = "my-app";

    private static final Set<String> OF_REDIS_OPTION =
            Set.of(RedisVariable.REDIS_ADDRESS.name(), RedisVariable.REDIS_URL.name());

    private static final long LONGEST_TIMEOUT = 3600;

    private static final String NEARBY = "127.0.0.1:6000";

    /** Where KEDA finds the scaler that was installed as the documentation says. */
    static final String IN_CLUSTER = "redis-session-scaler.keda:6000";

    private static final long MOST_REPLICAS = 1_000_000;

    private enum CheckFormat {
        text,
        json
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--scaler",
            paramLabel = "HOST:PORT",
            description = "Address of the scaler; default: " + NEARBY + ".")
    private @Nullable String scaler;

    @Option(
            names = "--redis",
            paramLabel = "ADDRESS",
            description = "Count directly in this Redis, without a scaler: HOST:PORT or a URL, as in REDIS_ADDRESS and"
                    + " REDIS_URL. User and password are taken from REDIS_USERNAME, REDIS_PASSWORD and"
                    + " REDIS_PASSWORD_FILE.")
    private @Nullable String redis;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Count directly in Redis, with a connection of this configuration file; the metadata names it.")
    private @Nullable String configFile;

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "A key of the trigger's metadata; may be repeated.")
    private List<String> pairs = List.of();

    @Option(
            names = "--scaledobject",
            paramLabel = "FILE",
            description =
                    "YAML or JSON file with the ScaledObject whose name, namespace and metadata are used, or - for"
                            + " standard input.")
    private @Nullable String scaledObject;

    @Option(
            names = "--trigger",
            paramLabel = "METRIC",
            description = "metricName of the trigger, if the ScaledObject has several.")
    private @Nullable String triggerMetric;

    private Map<String, String> metadata = Map.of();

    @Option(names = "--tls", description = "Use TLS, as KEDA does with enableTLS: \"true\".")
    private boolean tls;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "Certificate authorities that are trusted to issue the scaler's certificate, PEM; default: those"
                            + " of this machine. Implies --tls.")
    private @Nullable File caFile;

    @Option(names = "--cert-file", paramLabel = "FILE", description = "Client certificate, PEM; requires --key-file.")
    private @Nullable File certFile;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "Private key of the client certificate, PEM, PKCS #8.")
    private @Nullable File keyFile;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the ScaledObject; default: " + CHECK + ", and " + MY_APP + " in a printed one.")
    private @Nullable String name;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Namespace of the ScaledObject; default: that of --scaledobject, else default.")
    private @Nullable String givenNamespace;

    private String namespace = "default";

    @Option(
            names = "--current-replicas",
            paramLabel = "N",
            defaultValue = "1",
            description = "Current number of replicas; default: ${DEFAULT-VALUE}.")
    private long currentReplicas;

    @Option(
            names = "--min-replicas",
            paramLabel = "N",
            defaultValue = "1",
            description = "minReplicaCount of the ScaledObject; default: ${DEFAULT-VALUE}.")
    private long minReplicas;

    @Option(
            names = "--max-replicas",
            paramLabel = "N",
            defaultValue = "100",
            description = "maxReplicaCount of the ScaledObject; default: ${DEFAULT-VALUE}.")
    private long maxReplicas;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Time limit of each call; default: ${DEFAULT-VALUE}. Scans always run to completion.")
    private long timeoutSeconds;

    @Option(
            names = "--progress",
            description = "Print the progress of scans on standard error, even if that is not a terminal.")
    private boolean progress;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "Output format: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private CheckFormat output = CheckFormat.text;

    @Option(
            names = "--print-scaledobject",
            description = "Print only a ScaledObject with this trigger, as YAML; warnings go to standard error.")
    private boolean printScaledObject;

    @Override
    public Integer call() throws InterruptedException {
        CurrentReplicas replicas = replicas();
        metadata = KeyValues.of("--metadata", pairs);
        takeScaledObject();
        if (timeoutSeconds < 1 || timeoutSeconds > LONGEST_TIMEOUT) {
            throw InvalidInputException.of(
                    "--timeout", timeoutSeconds + " is not a number of seconds from 1 to " + LONGEST_TIMEOUT);
        }
        CheckResult findings = redis == null && configFile == null ? askScaler() : askRedis();
        PrintWriter out = spec.commandLine().getOut();
        if (printScaledObject) {
            CheckReport.notes(findings).forEach(spec.commandLine().getErr()::println);
            out.print(scaledObject(findings, replicas.spec()));
        } else {
            switch (output) {
                case text -> out.print(CheckReport.of(findings, replicas));
                case json -> out.println(CheckJson.of(findings, replicas));
            }
        }
        out.flush();
        return findings.status();
    }

    /** Options are stronger than what the file says. */
    private void takeScaledObject() {
        if (scaledObject == null) {
            if (triggerMetric != null) {
                throw InvalidInputException.of("--trigger", "requires --scaledobject");
            }
            namespace = givenNamespace == null ? namespace : givenNamespace;
            return;
        }
        ScaledObjectFile.FileTrigger found = ScaledObjectFile.trigger(
                InputText.ofFile("--scaledobject", scaledObject), Optional.ofNullable(triggerMetric));
        found.ignored().forEach(ignored -> spec.commandLine().getErr().println("Ignored: " + ignored));
        Map<String, String> all = new LinkedHashMap<>(found.metadata());
        all.putAll(metadata);
        metadata = all;
        namespace = givenNamespace == null ? found.namespace().orElse(namespace) : givenNamespace;
        name = name == null ? found.name().orElse(null) : name;
    }

    private CurrentReplicas replicas() {
        var problems = new Problems();
        if (currentReplicas < 0 || currentReplicas > MOST_REPLICAS) {
            problems.add("--current-replicas", currentReplicas + " is not a number from 0 to " + MOST_REPLICAS);
        }
        if (maxReplicas < 1 || maxReplicas > MOST_REPLICAS) {
            problems.add("--max-replicas", maxReplicas + " is not a number from 1 to " + MOST_REPLICAS);
        } else if (minReplicas < 0 || minReplicas > maxReplicas) {
            problems.add("--min-replicas", minReplicas + " is not a number from 0 to --max-replicas, " + maxReplicas);
        }
        problems.throwIfAny();
        return new CurrentReplicas(currentReplicas, ScaledObject.DEFAULT.between(minReplicas, maxReplicas));
    }

    private CheckResult askScaler() {
        Node address = scalerOrNearby();
        try {
            return ScalerClient.ask(
                            address,
                            credentials(),
                            namespace,
                            nameOr(CHECK),
                            metadata,
                            Duration.ofSeconds(timeoutSeconds))
                    .of(trigger());
        } catch (StatusRuntimeException e) {
            String answer = ScalerErrors.describe(
                            address.toString(), e.getStatus(), speaksTls(), Duration.ofSeconds(timeoutSeconds))
                    + (scaler == null && e.getStatus().getCode() == Status.Code.UNAVAILABLE
                            ? "; set --scaler to its address, or use --redis to count without a scaler"
                            : "");
            throw e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT
                    ? InvalidInputException.of("--metadata", answer)
                    : new IllegalStateException(answer);
        }
    }

    private CheckResult askRedis() throws InterruptedException {
        if (scaler != null) {
            throw InvalidInputException.of("--scaler", "cannot be combined with --redis or --config");
        }
        if (redis != null && configFile != null) {
            throw InvalidInputException.of("--redis", "cannot be combined with --config");
        }
        Trigger trigger = TriggerParser.parse(metadata);
        Logging.use(LogFormat.TEXT, "off");
        try (var inspection = Inspection.of(source());
                var line = new ProgressLine(spec.commandLine().getErr(), progress)) {
            Inspection.InspectionResult found =
                    inspection.inspect(namespace, nameOr(CHECK), trigger, Duration.ofSeconds(timeoutSeconds), line);
            return new CheckResult(
                    found.active(),
                    trigger.metricName(),
                    found.metricTarget(),
                    found.value(),
                    Optional.of(trigger),
                    Optional.of(found.explanation()),
                    Optional.of(new CheckResult.Inspected(
                            found.cost(), found.keys(), found.rights(), layouts(inspection, trigger, found))));
        }
    }

    /** The layouts of a database whose keys all count, because nothing else is asked for. */
    private static Optional<SearchedLayouts> layouts(
            Inspection inspection, Trigger trigger, Inspection.InspectionResult found) {
        Database database = trigger.source().database();
        if (!trigger.source().query().equals(new CountQuery.AllKeys())
                || !found.explanation().getOutage().isEmpty()) {
            return Optional.empty();
        }
        int index = inspection.indexOf(database);
        int configured = inspection.indexOf(new Database(database.connection(), OptionalInt.empty()));
        try {
            return Optional.of(new SearchedLayouts(index, configured, inspection.layouts(database), Optional.empty()));
        } catch (KeyspaceException e) {
            return Optional.of(
                    new SearchedLayouts(index, configured, List.of(), Optional.of(e.reason() + ": " + e.getMessage())));
        }
    }

    /** The configuration, whose mistakes are those of {@code --redis} where that stands for a variable. */
    private ConfigSource source() {
        try {
            return ConfigSource.of(environment());
        } catch (InvalidInputException e) {
            throw redis == null
                    ? e
                    : new InvalidInputException(e.problems().stream()
                            .map(problem -> OF_REDIS_OPTION.contains(problem.key())
                                    ? new Problem(
                                            "--redis",
                                            problem.message()
                                                    .replace(RedisVariable.REDIS_URL + "=", "--redis ")
                                                    .replace("as " + RedisVariable.REDIS_URL, "as it is"))
                                    : problem)
                            .toList());
        }
    }

    /** Empty where a scaler of another version takes the metadata and this one does not. */
    private Optional<Trigger> trigger() {
        try {
            return Optional.of(TriggerParser.parse(metadata));
        } catch (InvalidInputException _) {
            return Optional.empty();
        }
    }

    /** That of the command, with what the options say in the place of what they replace. */
    private Map<String, String> environment() {
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
        environment.put(Setting.ANSWER_TIMEOUT.name(), timeoutSeconds + "s");
        return environment;
    }

    private String scaledObject(CheckResult findings, ScaledObject scaling) {
        String address = scalerOrNearby().toString();
        return PrintedScaledObject.of(
                namespace,
                nameOr(MY_APP),
                address.startsWith("127.") || address.startsWith("localhost") ? IN_CLUSTER : address,
                speaksTls(),
                metadata,
                findings.target(),
                scaling);
    }

    private String nameOr(String other) {
        return name == null ? other : name;
    }

    private Node scalerOrNearby() {
        String address = scaler == null ? NEARBY : scaler;
        return Node.parse(address, 6000)
                .orElseThrow(() -> InvalidInputException.of(
                        "--scaler",
                        "is not HOST:PORT, such as " + NEARBY + "; it is not shown, since it may contain a password"));
    }

    private boolean speaksTls() {
        return tls || caFile != null || certFile != null;
    }

    private ChannelCredentials credentials() {
        if ((certFile == null) != (keyFile == null)) {
            throw InvalidInputException.of("--cert-file", "and --key-file belong together; give both or none");
        }
        if (!speaksTls()) {
            return InsecureChannelCredentials.create();
        }
        var credentials = TlsChannelCredentials.newBuilder();
        try {
            if (caFile != null) {
                credentials.trustManager(caFile);
            }
            if (certFile != null && keyFile != null) {
                credentials.keyManager(certFile, keyFile);
            }
        } catch (IOException e) {
            throw InvalidInputException.of(
                    "--ca-file, --cert-file, --key-file", "one of them cannot be used: " + Causes.describe(e));
        } catch (IllegalArgumentException e) {
            throw InvalidInputException.of(
                    "--ca-file, --cert-file, --key-file", "one of them is not a PEM file: " + rootOf(e));
        }
        return credentials.build();
    }

    private static String rootOf(Throwable failure) {
        return failure.getCause() == null
                ? Printable.plain(String.valueOf(failure.getMessage()))
                : rootOf(failure.getCause());
    }
}
