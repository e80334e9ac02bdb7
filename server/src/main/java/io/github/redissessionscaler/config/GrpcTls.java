package io.github.redissessionscaler.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS for KEDA. Changed files are reloaded.
 *
 * @param certificate PEM chain of the scaler
 * @param key PEM, unencrypted
 * @param clientAuthorities PEM; clients need a certificate of one of these; empty for any client
 */
public record GrpcTls(Path certificate, Path key, Optional<Path> clientAuthorities) {}
