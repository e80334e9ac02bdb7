package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.Printable;
import io.grpc.Status;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Says why a scaler gave no answer, in the words of its address and not of the libraries. */
final class ScalerErrors {

    private ScalerErrors() {}

    /**
     * A clause that begins with the scaler.
     *
     * @param tls whether TLS was spoken
     * @param timeout that each answer had
     */
    static String describe(String address, Status status, boolean tls, Duration timeout) {
        String scaler = "the scaler at " + address + " ";
        String detail = Optional.ofNullable(status.getDescription())
                .map(text -> text.split("\\R", 2)[0])
                .orElse("");
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof UnknownHostException) {
                return scaler + "cannot be reached: no such host";
            }
            if (cause instanceof SSLException || message.contains("SSL/TLS record")) {
                return scaler + "does not complete the TLS handshake: "
                        + (message.contains("SSL/TLS record")
                                ? "it does not use TLS; remove --tls and --ca-file"
                                : Printable.plain(message.split("\\R", 2)[0]));
            }
            if (message.contains("HTTP/1")) {
                return scaler + "replies with HTTP/1, as the management port does; use the port for KEDA, GRPC_PORT";
            }
            if (message.contains("First received frame was not SETTINGS") || detail.equals("http2 exception")) {
                return scaler + "does not reply with HTTP/2; use the address of its GRPC_PORT, by default 6000";
            }
            if (cause instanceof IOException failure && cause.getCause() == null && message.contains("refused")) {
                return scaler + "cannot be reached: " + Causes.describe(failure);
            }
        }
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED ->
                scaler + "did not answer within " + timeout.toSeconds() + " s; increase --timeout";
            case UNIMPLEMENTED -> scaler + "is not an external scaler for KEDA";
            case UNAVAILABLE ->
                detail.isEmpty() || detail.equals("io exception") || detail.startsWith("Network closed")
                        ? scaler + "closed the connection" + (tls ? "" : "; if it expects TLS, add --tls or --ca-file")
                        : scaler + "answers UNAVAILABLE: " + detail;
            default -> scaler + "answers " + status.getCode() + (detail.isEmpty() ? "" : ": " + detail);
        };
    }
}
