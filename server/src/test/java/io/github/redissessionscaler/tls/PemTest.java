package io.github.redissessionscaler.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.testing.TestCertificates;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PemTest {

    @TempDir
    private Path directory;

    private TestCertificates certificates;

    @BeforeEach
    void authority() {
        certificates = TestCertificates.in(directory);
    }

    @ParameterizedTest
    @CsvSource({"ecp256, EC PRIVATE KEY", "rsa2048, RSA PRIVATE KEY"})
    void aKeyIsReadInItsOldFormAndInTheNew(Algorithm algorithm, String oldForm) throws Exception {
        certificates.issue("server", algorithm, Duration.ofDays(1));
        X509Certificate certificate =
                Pem.certificates(certificates.certificate("server")).getFirst();

        PrivateKey key = Pem.privateKey(certificates.key("server"), certificate);
        Path old = Files.writeString(directory.resolve("old.key"), pem(oldForm, contentOf(key.getEncoded())));
        assertThat(Pem.privateKey(old, certificate)).isEqualTo(key);
    }

    @Test
    void aChainKeepsItsOrder() throws Exception {
        certificates.issue("server");

        assertThat(Pem.certificates(certificates.certificate("server")))
                .extracting(certificate -> certificate.getSubjectX500Principal().getName())
                .containsExactly("CN=server", "CN=test authority");
    }

    @Test
    void whatIsNoKeyAndNoCertificateIsNamedByItsFile() throws Exception {
        certificates.issue("server").issue("rsa", Algorithm.rsa2048, Duration.ofDays(1));
        X509Certificate certificate =
                Pem.certificates(certificates.certificate("server")).getFirst();
        Path empty = Files.createFile(directory.resolve("empty"));
        Path broken = Files.writeString(
                directory.resolve("broken"), "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n");

        assertThatThrownBy(() -> Pem.privateKey(empty, certificate))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("empty contains no unencrypted PEM private key");
        assertThatThrownBy(() -> Pem.certificates(empty)).hasMessageContaining("empty contains no PEM certificate");
        assertThatThrownBy(() -> Pem.privateKey(certificates.key("rsa"), certificate))
                .hasMessageContaining("rsa.key holds no EC private key");
        assertThatThrownBy(() -> Pem.privateKey(broken, certificate))
                .hasMessageContaining("broken holds no EC private key");
        assertThatThrownBy(() -> Pem.certificates(directory.resolve("none"))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"ecp256", "ecp384", "rsa2048", "ed25519"})
    void theKeyOfAnotherCertificateIsRefused(Algorithm algorithm) throws Exception {
        certificates.issue("server", algorithm, Duration.ofDays(1)).issue("other", algorithm, Duration.ofDays(1));
        X509Certificate certificate =
                Pem.certificates(certificates.certificate("server")).getFirst();

        assertThat(Pem.privateKey(certificates.key("server"), certificate)).isNotNull();
        assertThatThrownBy(() -> Pem.privateKey(certificates.key("other"), certificate))
                .hasMessageContaining("other.key contains a key that does not belong to the certificate of CN=server");
    }

    /** What is behind the version and the algorithm in PKCS #8, without the header of that octet string. */
    private static byte[] contentOf(byte[] pkcs8) {
        int algorithm = (pkcs8[1] & 0x80) == 0 ? 5 : 2 + (pkcs8[1] & 0x7f) + 3;
        int octets = algorithm + 2 + pkcs8[algorithm + 1];
        int header = (pkcs8[octets + 1] & 0x80) == 0 ? 2 : 2 + (pkcs8[octets + 1] & 0x7f);
        return Arrays.copyOfRange(pkcs8, octets + header, pkcs8.length);
    }

    private static String pem(String form, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(form, Base64.getMimeEncoder().encodeToString(der), form);
    }
}
