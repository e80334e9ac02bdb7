package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The running scaler that is called, and the TLS of the call. */
final class ScalerOptions {

    private static final String NEARBY = "127.0.0.1:6000";

    @Option(
            names = "--scaler",
            paramLabel = "HOST:PORT",
            description = "Address of the scaler; default: " + NEARBY + ".")
    private @Nullable String scaler;

    @Option(names = "--tls", description = "Use TLS, as KEDA does with enableTLS: \"true\".")
    private boolean tls;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "Certificate authorities of the scaler, PEM; default: those of this machine. Implies --tls.")
    private @Nullable File caFile;

    @Option(names = "--cert-file", paramLabel = "FILE", description = "Client certificate, PEM; requires --key-file.")
    private @Nullable File certFile;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "Private key of the client certificate, PEM, PKCS #8.")
    private @Nullable File keyFile;

    boolean given() {
        return scaler != null;
    }

    /** @throws InvalidInputException if {@code --scaler} is no address */
    Node address() {
        String address = scaler == null ? NEARBY : scaler;
        return Node.parse(address, 6000)
                .orElseThrow(() -> InvalidInputException.of(
                        "--scaler",
                        "is not HOST:PORT, such as " + NEARBY + "; it is not shown, since it may contain a password"));
    }

    boolean useTls() {
        return tls || caFile != null || certFile != null;
    }

    /** @throws InvalidInputException if a file is missing, or is not what its option says */
    ChannelCredentials credentials() {
        if ((certFile == null) != (keyFile == null)) {
            throw InvalidInputException.of("--cert-file", "and --key-file belong together; give both or none");
        }
        if (!useTls()) {
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
