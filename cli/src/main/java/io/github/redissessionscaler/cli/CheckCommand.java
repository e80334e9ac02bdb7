package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.app.Inspection;
import io.github.redissessionscaler.app.MonotonicClock;
import io.github.redissessionscaler.cli.CheckResult.CurrentReplicas;
import io.github.redissessionscaler.cli.TriggerOptions.NamedTrigger;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Calls a running scaler as KEDA does, or reads Redis as a scaler does, and says what KEDA and the HPA make of the result. */
@Command(
        name = "check",
        description =
                "Tests a trigger: calls a running scaler exactly as KEDA does, or counts directly in Redis, and shows"
                        + " what KEDA and the HPA do with the result. Exits with status 3 if there is a number and a"
                        + " warning about it.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class CheckCommand implements Callable<Integer> {

    private static final long LONGEST_TIMEOUT = 3600;

    private enum CheckFormat {
        text,
        json
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ScalerOptions scaler = new ScalerOptions();

    @Mixin
    private RedisOptions redis = new RedisOptions();

    @Mixin
    private TriggerOptions triggerOptions = new TriggerOptions();

    @Mixin
    private ReplicaOptions replicaOptions = new ReplicaOptions();

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
        Predicate<String> isGiven = spec.commandLine().getParseResult()::hasMatchedOption;
        checkCombinations(isGiven);
        NamedTrigger trigger = triggerOptions.read();
        CurrentReplicas replicas = replicaOptions.read(trigger.scaledObject(), isGiven);
        PrintWriter err = spec.commandLine().getErr();
        trigger.ignored().forEach(ignored -> err.println("Ignored: " + ignored));
        Logging.use(LogFormat.TEXT, "off");
        CheckResult result = redis.given() ? readRedis(trigger) : callScaler(trigger);
        replicas = replicaOptions.with(result, replicas, trigger.scaledObject(), isGiven);
        PrintWriter out = spec.commandLine().getOut();
        if (printScaledObject) {
            CheckReport.notes(result).forEach(err::println);
            out.print(scaledObject(trigger, result, replicas.spec()));
        } else {
            switch (output) {
                case text -> out.print(CheckReport.of(result, replicas));
                case json -> out.println(CheckJson.of(result, replicas));
            }
        }
        out.flush();
        return result.status();
    }

    /** An option that would have no effect is an error. */
    private void checkCombinations(Predicate<String> isGiven) {
        var problems = new Problems();
        if (redis.given()) {
            Stream.of("--scaler", "--ca-file", "--cert-file", "--key-file")
                    .filter(isGiven)
                    .forEach(option ->
                            problems.add(option, "is for a scaler, so it cannot be combined with --redis or --config"));
            if (isGiven.test("--tls") && !printScaledObject) {
                problems.add("--tls", "is for a scaler; for TLS with Redis, give --redis rediss://HOST:PORT");
            }
        } else if (progress) {
            problems.add("--progress", "requires --redis or --config");
        }
        if (printScaledObject && isGiven.test("--output")) {
            problems.add("--output", "cannot be combined with --print-scaledobject, which is always YAML");
        }
        problems.throwIfAny();
    }

    private Duration timeout() {
        if (timeoutSeconds < 1 || timeoutSeconds > LONGEST_TIMEOUT) {
            throw InvalidInputException.of(
                    "--timeout", timeoutSeconds + " is not a number of seconds from 1 to " + LONGEST_TIMEOUT);
        }
        return Duration.ofSeconds(timeoutSeconds);
    }

    private CheckResult callScaler(NamedTrigger trigger) {
        Duration timeout = timeout();
        Node address = scaler.address();
        try {
            return ScalerClient.ask(
                            address,
                            scaler.credentials(),
                            trigger.namespace(),
                            trigger.nameInCall(),
                            trigger.metadata(),
                            timeout)
                    .of(parsedIfKnown(trigger.metadata()));
        } catch (StatusRuntimeException e) {
            String answer = ScalerErrors.describe(address.toString(), e.getStatus(), scaler.useTls(), timeout)
                    + (!scaler.given() && e.getStatus().getCode() == Status.Code.UNAVAILABLE
                            ? "; set --scaler to its address, or use --redis to count without a scaler"
                            : "");
            throw e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT
                    ? InvalidInputException.of("--metadata", answer)
                    : new IllegalStateException(answer);
        }
    }

    /** Empty if the metadata is not valid for this version; a scaler of another version may still know it. */
    private static Optional<Trigger> parsedIfKnown(Map<String, String> metadata) {
        try {
            return Optional.of(TriggerParser.parse(metadata));
        } catch (InvalidInputException _) {
            return Optional.empty();
        }
    }

    private CheckResult readRedis(NamedTrigger named) throws InterruptedException {
        Duration timeout = timeout();
        Trigger trigger = TriggerParser.parse(named.metadata());
        try (var inspection = Inspection.of(redis.configuration(timeout));
                var line = new ProgressLine(spec.commandLine().getErr(), progress, new MonotonicClock())) {
            Inspection.InspectionResult found =
                    inspection.inspect(named.namespace(), named.nameInCall(), trigger, timeout, line);
            return new CheckResult(
                    found.active(),
                    trigger.metricName(),
                    found.metricTarget(),
                    found.value(),
                    Optional.of(trigger),
                    Optional.of(found.explanation()),
                    Optional.of(new CheckResult.Inspected(
                            found.cost(),
                            found.keys(),
                            found.rights(),
                            SearchedLayouts.of(inspection, trigger, found))));
        }
    }

    private String scaledObject(NamedTrigger trigger, CheckResult result, ScaledObject scaling) {
        return PrintedScaledObject.of(
                trigger.namespace(),
                trigger.nameInPrint(),
                PrintedScaledObject.inCluster(scaler.address()),
                scaler.useTls(),
                trigger.metadata(),
                result.target(),
                scaling);
    }
}
