package io.github.redissessionscaler.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS to KEDA. The files are read again when they change.
 *
 * @param certificate PEM chain of the scaler
 * @param key PEM, unencrypted
 * @param clientAuthorities PEM; only a client with a certificate of one of these is answered, any client when empty
 */
public record GrpcTls(Path certificate, Path key, Optional<Path> clientAuthorities) {}
