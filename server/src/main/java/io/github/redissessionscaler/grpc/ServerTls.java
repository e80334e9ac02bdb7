package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.config.GrpcTls;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.tls.Pem;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificates, reloaded when their files change. New certificates apply to new connections only. Thread-safe.
 */
final class ServerTls {

    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

    private final GrpcTls files;
    private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();
    private final Optional<AdvancedTlsX509TrustManager> trustManager;

    private record KeyMaterial(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> clientAuthorities) {}

    /** Contents of the files when they were last read. */
    private List<ByteBuffer> seen = List.of();

    private volatile Optional<X509TrustManager> clientAuthorities = Optional.empty();
    private volatile Instant expiry = Instant.EPOCH;
    private volatile Duration lifetime = Duration.ZERO;
    private volatile String lastProblem = "";

    private ServerTls(GrpcTls files) throws IOException, GeneralSecurityException {
        this.files = files;
        this.trustManager = files.clientAuthorities().isEmpty() ? Optional.empty() : Optional.of(noNameChecked());
        seen = bytes();
        use(read());
    }

    /**
     * Reads the certificates from these files.
     *
     * @throws InvalidInputException if they cannot be used
     */
    static ServerTls of(GrpcTls files) {
        try {
            return new ServerTls(files);
        } catch (IOException | GeneralSecurityException e) {
            throw InvalidInputException.of(
                    "GRPC_TLS_CERT_FILE, GRPC_TLS_KEY_FILE and GRPC_TLS_CLIENT_CA_FILE", "cannot be used: " + e);
        }
    }

    /** Credentials for TLS 1.2 and 1.3. If authorities are configured, every client needs a certificate. */
    ServerCredentials credentials() {
        var credentials = TlsServerCredentials.newBuilder().keyManager(keyManager);
        trustManager.ifPresent(trust ->
                credentials.trustManager(new UnannouncedAuthorities(trust)).clientAuth(ClientAuth.REQUIRE));
        return credentials.build();
    }

    /**
     * Returns if the client's certificate is trusted now. In a resumed session it was checked when the session began, maybe
     * hours ago: since then it may have expired, or its authority may have been replaced.
     *
     * @throws CertificateException if it is not
     * @throws SSLPeerUnverifiedException if the client sent none
     */
    void checkClient(SSLSession session) throws CertificateException, SSLPeerUnverifiedException {
        Optional<X509TrustManager> authorities = clientAuthorities;
        if (authorities.isPresent()) {
            X509Certificate[] chain = Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            authorities.get().checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
        }
    }

    /** When the certificate in use expires. */
    Instant expiry() {
        return expiry;
    }

    /** How long the certificate in use is valid, from its start to its expiry. */
    Duration lifetime() {
        return lifetime;
    }

    /** Whether the files are invalid, so that the previous certificates are used. */
    boolean refused() {
        return !lastProblem.isEmpty();
    }

    /** Reloads the files if they have changed. Invalid files are logged once; the previous certificates stay in use. */
    synchronized void reread() {
        try {
            List<ByteBuffer> now = bytes();
            if (now.equals(seen) && !refused()) {
                return;
            }
            use(read());
            seen = now;
            lastProblem = "";
            LOG.info("TLS certificates reloaded; new connections use the certificate that expires at {}", expiry);
        } catch (IOException | GeneralSecurityException e) {
            if (!lastProblem.equals(e.toString())) {
                lastProblem = e.toString();
                LOG.error("Failed to reload the TLS certificates; keeping the previous ones: {}", lastProblem);
            }
        }
    }

    private List<ByteBuffer> bytes() throws IOException {
        List<ByteBuffer> contents = new ArrayList<>();
        contents.add(ByteBuffer.wrap(Files.readAllBytes(files.certificate())));
        contents.add(ByteBuffer.wrap(Files.readAllBytes(files.key())));
        if (files.clientAuthorities().isPresent()) {
            contents.add(
                    ByteBuffer.wrap(Files.readAllBytes(files.clientAuthorities().get())));
        }
        return contents;
    }

    private KeyMaterial read() throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = Pem.certificates(files.certificate());
        Optional<Path> authorities = files.clientAuthorities();
        return new KeyMaterial(
                chain,
                Pem.privateKey(files.key(), chain.getFirst()),
                authorities.isPresent() ? Pem.certificates(authorities.get()) : List.of());
    }

    private static X509TrustManager trusting(List<X509Certificate> authorities)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority " + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("there is no trust manager for X.509");
    }

    private void use(KeyMaterial content) throws IOException, GeneralSecurityException {
        if (trustManager.isPresent()) {
            trustManager
                    .get()
                    .updateTrustCredentials(content.clientAuthorities().toArray(X509Certificate[]::new));
            clientAuthorities = Optional.of(trusting(content.clientAuthorities()));
        }
        keyManager.updateIdentityCredentials(content.chain().toArray(X509Certificate[]::new), content.key());
        X509Certificate own = content.chain().getFirst();
        expiry = own.getNotAfter().toInstant();
        lifetime = Duration.between(own.getNotBefore().toInstant(), expiry);
    }

    /** Clients are trusted by authority; there is no host name to verify. */
    private static AdvancedTlsX509TrustManager noNameChecked() throws GeneralSecurityException {
        return AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
    }
}
