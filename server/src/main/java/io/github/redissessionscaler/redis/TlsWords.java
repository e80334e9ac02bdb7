package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.Printable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;

/** Explains TLS failures and how to fix them. */
final class TlsWords {

    private TlsWords() {}

    /** The failure of a handshake, with any cause, as a TLS failure. */
    static IOException inHandshake(IOException failure) {
        return failure instanceof SSLException
                ? failure
                : new SSLException(
                        failure instanceof SocketTimeoutException
                                ? "it did not answer in time" + WITHOUT_TLS
                                : "it closed the connection" + WITHOUT_TLS,
                        failure);
    }

    private static final String WITHOUT_TLS =
            "; if this port does not use TLS, use redis:// in the URL, or remove tls from the connection";

    /** Why the handshake failed. */
    static String of(SSLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case CertificateExpiredException _ -> {
                    return "its certificate has expired";
                }
                case CertificateNotYetValidException _ -> {
                    return "its certificate is not valid yet";
                }
                case CertPathBuilderException _ -> {
                    return "its certificate was issued by an unknown authority; set tls.caFile to the certificate of"
                            + " that authority";
                }
                case EOFException _ -> {
                    return "it closed the connection" + WITHOUT_TLS;
                }
                default -> {}
            }
        }
        String message = String.valueOf(failure.getMessage());
        if (message.endsWith(WITHOUT_TLS)) {
            return message;
        }
        if (message.contains("unrecognized SSL message") || message.contains("plaintext connection")) {
            return "it replied without TLS; use redis:// in the URL, or remove tls from the connection";
        }
        if (message.contains("No subject alternative") || message.contains("No name matching")) {
            return "its certificate is for another name; use that name in the address, or verifyHostname: false ("
                    + Printable.plain(message) + ")";
        }
        if (message.contains("bad_certificate") || message.contains("certificate_required")) {
            return "it rejected the scaler's certificate, or requires one; set tls.certFile and tls.keyFile";
        }
        return Printable.plain(message);
    }

    /** Why certificate or key files are invalid. {@link io.github.redissessionscaler.tls.Pem} names the file. */
    static String ofFile(Exception failure) {
        return failure instanceof java.nio.file.FileSystemException unreadable
                ? unreadable.getFile() + ": " + Causes.describe(unreadable)
                : failure instanceof IOException ? Causes.describe(failure) : String.valueOf(failure.getMessage());
    }
}
