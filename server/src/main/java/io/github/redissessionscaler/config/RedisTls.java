package io.github.redissessionscaler.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS for Redis.
 *
 * @param caCertificates PEM; empty for those of the system
 * @param clientCertificate PEM chain, for mutual TLS; given together with {@code clientKey}
 * @param clientKey PEM, unencrypted: PKCS #8, PKCS #1 or SEC 1
 * @param verifyHostname whether the certificate must name the host
 */
public record RedisTls(
        Optional<Path> caCertificates,
        Optional<Path> clientCertificate,
        Optional<Path> clientKey,
        boolean verifyHostname) {}
