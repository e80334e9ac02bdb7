package io.github.redissessionscaler.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A certificate authority of the test's own and what it signs, as PEM files. */
public final class TestCertificates {

    private final Path directory;
    private final X509Bundle authority;

    private TestCertificates(Path directory, String name) throws Exception {
        this.directory = directory;
        authority = new CertificateBuilder()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        Files.writeString(authority(), authority.getCertificatePEM());
    }

    /** An authority in the directory, with {@code ca.crt}. */
    public static TestCertificates in(Path directory) {
        return in(directory, "test authority");
    }

    /** The same under this name. */
    public static TestCertificates in(Path directory, String name) {
        try {
            return new TestCertificates(directory, name);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public Path authority() {
        return directory.resolve("ca.crt");
    }

    public Path certificate(String name) {
        return directory.resolve(name + ".crt");
    }

    public Path key(String name) {
        return directory.resolve(name + ".key");
    }

    /** An elliptic key and a certificate for 127.0.0.1 and localhost, valid for a month. */
    public TestCertificates issue(String name) {
        return issue(name, Algorithm.ecp256, Duration.ofDays(30));
    }

    /** The same with a key of this algorithm, and with an end so far from now, which may lie behind. */
    public TestCertificates issue(String name, Algorithm algorithm, Duration ends) {
        try {
            X509Bundle issued = new CertificateBuilder()
                    .subject("CN=" + name)
                    .addSanIpAddress("127.0.0.1")
                    .addSanDnsName("localhost")
                    .algorithm(algorithm)
                    .notBefore(Instant.now().minus(Duration.ofDays(60)))
                    .notAfter(Instant.now().plus(ends))
                    .buildIssuedBy(authority);
            Files.writeString(certificate(name), issued.getCertificatePathPEM() + authority.getCertificatePEM());
            Files.writeString(key(name), issued.getPrivateKeyPEM());
            return this;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
