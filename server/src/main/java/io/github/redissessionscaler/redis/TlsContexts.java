package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.RedisTls;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.tls.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Creates TLS contexts for Redis from PEM files. */
final class TlsContexts {

    private static final char[] NO_PASSWORD = new char[0];

    private TlsContexts() {}

    /**
     * A context from the current content of the files.
     *
     * @throws KeyspaceException if a file cannot be read or is invalid
     */
    static SSLContext read(RedisTls tls) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(tls), trust(tls), null);
            return context;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new KeyspaceException(Reason.TLS, "invalid TLS certificates for Redis: " + TlsWords.ofFile(e), e);
        }
    }

    /** TLS 1.2 and 1.3, with host name verification unless disabled. */
    static SSLParameters parameters(RedisTls tls, String host) {
        var parameters = new SSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        if (tls.verifyHostname()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if (host.chars().anyMatch(Character::isLetter) && host.indexOf(':') < 0) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        return parameters;
    }

    private static TrustManager[] trust(RedisTls tls) throws IOException, GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (tls.caCertificates().isPresent()) {
            KeyStore store = emptyStore();
            int number = 0;
            for (Certificate certificate : Pem.certificates(tls.caCertificates().get())) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            factory.init(store);
        } else {
            factory.init((KeyStore) null);
        }
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(RedisTls tls) throws IOException, GeneralSecurityException {
        if (tls.clientCertificate().isEmpty() || tls.clientKey().isEmpty()) {
            return new KeyManager[0];
        }
        KeyStore store = emptyStore();
        List<X509Certificate> chain = Pem.certificates(tls.clientCertificate().get());
        store.setKeyEntry(
                "client",
                Pem.privateKey(tls.clientKey().get(), chain.getFirst()),
                NO_PASSWORD,
                chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
