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
 * Counts the clients that were refused in the TLS handshake, and says in the log why. gRPC tells of them in its own log and
 * nowhere else, so that is listened to. Thread-safe.
 */
final class RefusedHandshakes extends Handler {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(RefusedHandshakes.class);

    /** Where gRPC puts it. Kept here, since java.util.logging forgets the level of a logger that nobody keeps. */
    private static final Logger GRPC = Logger.getLogger("io.grpc.netty.WriteBufferingAndExceptionHandler");

    /** A client that is refused comes back; the log need not say so each time. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    private enum RefusalReason {
        NO_TLS("it speaks no TLS"),
        TLS_VERSION("it speaks no version of TLS from 1.2 on"),
        NO_CERTIFICATE("it shows no certificate"),
        NOT_VALID_NOW("its certificate has ended, or has not begun yet"),
        UNKNOWN_AUTHORITY("its certificate is not of an authority in GRPC_TLS_CLIENT_CA_FILE"),
        DISTRUST("it does not trust the certificate of the scaler"),
        OTHER("the handshake failed");

        private final String words;

        RefusalReason(String words) {
            this.words = words;
        }
    }

    private final Telemetry telemetry;
    private final Map<RefusalReason, Long> told = new EnumMap<>(RefusalReason.class);

    private RefusedHandshakes(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** Listens until it is closed. */
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

    /** A client was refused because of this, if it says why. */
    void refused(@Nullable Throwable thrown) {
        reason(thrown).ifPresent(reason -> {
            telemetry.handshakeRefused(reason.name());
            if (isNews(reason)) {
                LOG.warn("A client was refused: {}", reason.words);
            }
        });
    }

    @Override
    public void flush() {
        // nothing is kept back
    }

    @Override
    public void close() {
        GRPC.removeHandler(this);
    }

    private synchronized boolean isNews(RefusalReason reason) {
        long now = System.nanoTime();
        Long last = told.get(reason);
        if (last != null && now - last < QUIET.toNanos()) {
            return false;
        }
        told.put(reason, now);
        return true;
    }

    /** Why the handshake failed, as the innermost cause that says so tells; empty for what is no failure of a handshake. */
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
