package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.config.GrpcTls;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Problem;
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
 * The certificates of the server, as their files held them last. New ones are for connections made from then on; those that
 * are open stay. Thread-safe.
 */
final class ServerTls {

    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

    private final GrpcTls files;
    private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();
    private final Optional<AdvancedTlsX509TrustManager> trustManager;

    private record KeyMaterial(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> clientAuthorities) {}

    /** What the files held when they were read last. */
    private List<ByteBuffer> seen = List.of();

    private volatile Optional<X509TrustManager> clientAuthorities = Optional.empty();
    private volatile Instant expiry = Instant.EPOCH;
    private volatile String lastProblem = "";

    private ServerTls(GrpcTls files) throws IOException, GeneralSecurityException {
        this.files = files;
        this.trustManager = files.clientAuthorities().isEmpty() ? Optional.empty() : Optional.of(noNameChecked());
        seen = bytes();
        use(read());
    }

    /**
     * The certificates of these files.
     *
     * @throws InvalidInputException if they cannot be used
     */
    static ServerTls of(GrpcTls files) {
        try {
            return new ServerTls(files);
        } catch (IOException | GeneralSecurityException e) {
            throw new InvalidInputException(List.of(new Problem(
                    "GRPC_TLS_CERT_FILE, GRPC_TLS_KEY_FILE and GRPC_TLS_CLIENT_CA_FILE", "cannot be used: " + e)));
        }
    }

    /** For a server that asks every client for a certificate where authorities are given. TLS 1.2 or 1.3. */
    ServerCredentials credentials() {
        var credentials = TlsServerCredentials.newBuilder().keyManager(keyManager);
        trustManager.ifPresent(trust ->
                credentials.trustManager(new UnannouncedAuthorities(trust)).clientAuth(ClientAuth.REQUIRE));
        return credentials.build();
    }

    /**
     * Returns if the client's certificate is trusted now. A session that is resumed was trusted when it began, which may be
     * hours ago: since then its certificate may have ended, or its authority may have been replaced.
     *
     * @throws CertificateException if it is not
     * @throws SSLPeerUnverifiedException if it showed none
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

    /** When the certificate in use ends. */
    Instant expiry() {
        return expiry;
    }

    /** Whether the files hold something that cannot be used. */
    boolean refused() {
        return !lastProblem.isEmpty();
    }

    /** Reads the files again. What they hold anew is used from now on, or, if it cannot be, the log says so once. */
    synchronized void reread() {
        try {
            List<ByteBuffer> now = bytes();
            if (now.equals(seen) && !refused()) {
                return;
            }
            use(read());
            seen = now;
            lastProblem = "";
            LOG.info("The certificates for TLS have changed; new connections get those that end at {}", expiry);
        } catch (IOException | GeneralSecurityException e) {
            if (!lastProblem.equals(e.toString())) {
                lastProblem = e.toString();
                LOG.error(
                        "The certificates for TLS cannot be read again, those read before stay in use: {}",
                        lastProblem);
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
        expiry = content.chain().getFirst().getNotAfter().toInstant();
    }

    /** A client is known by its authority; its certificate names no host that could be compared. */
    private static AdvancedTlsX509TrustManager noNameChecked() throws GeneralSecurityException {
        return AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
    }
}
