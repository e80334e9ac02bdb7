package io.github.redissessionscaler.cli;

import com.google.gson.GsonBuilder;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.problem.InvalidInputException;
import io.github.redissessionscaler.problem.Problem;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks a running scaler as KEDA does, and says what KEDA and the HPA make of the answer. */
@Command(
        name = "check",
        description = "Asks a running scaler exactly as KEDA does, and says what KEDA and the HPA make of the answer.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class CheckCommand implements Callable<Integer> {

    private enum Output {
        text,
        json
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--scaler",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:6000",
            description = "Where the scaler is; default: ${DEFAULT-VALUE}.")
    private String scaler = "";

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "A key of the trigger's metadata; may be repeated.")
    private Map<String, String> metadata = Map.of();

    @Option(names = "--tls", description = "Speak TLS, as KEDA does with enableTLS: \"true\".")
    private boolean tls;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "Authorities of the scaler's certificate, PEM; without it, those of this machine. Means --tls.")
    private @Nullable File caFile;

    @Option(
            names = "--cert-file",
            paramLabel = "FILE",
            description = "Certificate to show to the scaler, PEM; with --key-file.")
    private @Nullable File certFile;

    @Option(names = "--key-file", paramLabel = "FILE", description = "Its private key, PEM, PKCS #8.")
    private @Nullable File keyFile;

    @Option(
            names = "--name",
            defaultValue = "check",
            description = "Name of the ScaledObject; default: ${DEFAULT-VALUE}.")
    private String name = "";

    @Option(
            names = "--namespace",
            defaultValue = "default",
            description = "Namespace of the ScaledObject; default: ${DEFAULT-VALUE}.")
    private String namespace = "";

    @Option(
            names = "--current-replicas",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many instances run now; default: ${DEFAULT-VALUE}.")
    private long currentReplicas;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to wait for each answer; default: ${DEFAULT-VALUE}.")
    private long timeoutSeconds;

    @Option(
            names = "--output",
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private Output output = Output.text;

    @Override
    public Integer call() {
        Node address =
                Node.parse(scaler, 6000).orElseThrow(() -> invalid("--scaler", "'" + scaler + "' is not HOST:PORT"));
        if (currentReplicas < 0) {
            throw invalid("--current-replicas", currentReplicas + " is not a number of 0 or more");
        }
        try {
            Findings findings = ScalerClient.ask(
                    address, credentials(), namespace, name, metadata, Duration.ofSeconds(timeoutSeconds));
            PrintWriter out = spec.commandLine().getOut();
            switch (output) {
                case text -> out.print(findings.inWords(currentReplicas));
                case json ->
                    out.println(new GsonBuilder().setPrettyPrinting().create().toJson(findings.asMap(currentReplicas)));
            }
            out.flush();
            return 0;
        } catch (StatusRuntimeException e) {
            throw new IllegalStateException("the scaler at " + address + " answers "
                    + e.getStatus().getCode() + ": " + e.getStatus().getDescription());
        }
    }

    private ChannelCredentials credentials() {
        if ((certFile == null) != (keyFile == null)) {
            throw invalid("--cert-file", "and --key-file belong together; give both or none");
        }
        if (!tls && caFile == null && certFile == null) {
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
            throw invalid("--ca-file, --cert-file, --key-file", "cannot be read: " + e);
        }
        return credentials.build();
    }

    private static InvalidInputException invalid(String option, String message) {
        return new InvalidInputException(List.of(new Problem(option, message)));
    }
}
