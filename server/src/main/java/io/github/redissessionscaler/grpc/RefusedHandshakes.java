package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.telemetry.Telemetry;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Counts and logs failed TLS handshakes. gRPC reports them in its own log only, so this listens to that log. Thread-safe.
 */
final class RefusedHandshakes extends Handler {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(RefusedHandshakes.class);

    /** The logger that gRPC uses. A strong reference, because java.util.logging drops the level of a collected logger. */
    private static final Logger GRPC = Logger.getLogger("io.grpc.netty.WriteBufferingAndExceptionHandler");

    /** A refused client reconnects; each reason is logged once in this time. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    private enum RefusalReason {
        NO_TLS("it does not use TLS"),
        TLS_VERSION("it supports neither TLS 1.2 nor TLS 1.3"),
        NO_CERTIFICATE("it sent no certificate"),
        NOT_VALID_NOW("its certificate has expired or is not yet valid"),
        UNKNOWN_AUTHORITY("its certificate was not issued by an authority in GRPC_TLS_CLIENT_CA_FILE"),
        DISTRUST("it does not trust the scaler's certificate"),
        OTHER("the TLS handshake failed");

        private final String words;

        RefusalReason(String words) {
            this.words = words;
        }
    }

    private final Telemetry telemetry;
    private final Map<RefusalReason, Long> logged = new EnumMap<>(RefusalReason.class);

    private RefusedHandshakes(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** Starts listening; {@link #close} ends that. */
    static RefusedHandshakes listen(Telemetry telemetry) {
        var listener = new RefusedHandshakes(telemetry);
        GRPC.setLevel(Level.FINE);
        GRPC.addHandler(listener);
        return listener;
    }

    @Override
    public void publish(LogRecord entry) {
        refused(entry.getThrown());
    }

    /** Counts and logs the failure if it is one of a handshake. */
    void refused(@Nullable Throwable thrown) {
        reason(thrown).ifPresent(reason -> {
            telemetry.handshakeRefused(reason.name());
            if (isNews(reason)) {
                LOG.warn("TLS client refused: {}", reason.words);
            }
        });
    }

    @Override
    public void flush() {
        // nothing is buffered
    }

    @Override
    public void close() {
        GRPC.removeHandler(this);
    }

    private synchronized boolean isNews(RefusalReason reason) {
        long now = System.nanoTime();
        Long last = logged.get(reason);
        if (last != null && now - last < QUIET.toNanos()) {
            return false;
        }
        logged.put(reason, now);
        return true;
    }

    /** The reason of a failed handshake, from the innermost cause that has one; empty for other failures. */
    private static Optional<RefusalReason> reason(@Nullable Throwable thrown) {
        Optional<RefusalReason> reason = Optional.empty();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            Optional<RefusalReason> inner = reasonOf(cause);
            reason = inner.isPresent() ? inner : reason;
        }
        return reason;
    }

    private static Optional<RefusalReason> reasonOf(Throwable cause) {
        return switch (cause) {
            case NotSslRecordException _ -> Optional.of(RefusalReason.NO_TLS);
            case CertificateExpiredException _ -> Optional.of(RefusalReason.NOT_VALID_NOW);
            case CertificateNotYetValidException _ -> Optional.of(RefusalReason.NOT_VALID_NOW);
            case CertPathValidatorException _ -> Optional.of(RefusalReason.UNKNOWN_AUTHORITY);
            case CertPathBuilderException _ -> Optional.of(RefusalReason.UNKNOWN_AUTHORITY);
            case SSLException failure -> Optional.of(reasonOf(String.valueOf(failure.getMessage())));
            default -> Optional.empty();
        };
    }

    private static RefusalReason reasonOf(String message) {
        if (message.contains("Empty client certificate chain")) {
            return RefusalReason.NO_CERTIFICATE;
        }
        if (message.contains("(protocol_version)")) {
            return RefusalReason.TLS_VERSION;
        }
        return message.contains("Received fatal alert") ? RefusalReason.DISTRUST : RefusalReason.OTHER;
    }
}
