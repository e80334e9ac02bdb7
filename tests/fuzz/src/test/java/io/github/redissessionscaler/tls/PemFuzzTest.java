package io.github.redissessionscaler.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPrivateKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Files of certificates and private keys: anything, and whole ones with a few bytes changed. */
class PemFuzzTest {

    private static final int LONGEST = 300;
    private static final int MOST_CHANGES = 4;

    private static final String CERTIFICATE = """
        -----BEGIN CERTIFICATE-----
        MIIBDzCBtaADAgECAgEBMAoGCCqGSM49BAMCMBExDzANBgNVBAMMBmZ1enplZDAe
        Fw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMBExDzANBgNVBAMMBmZ1enpl
        ZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGeAxfxwJ14scGGg54d7sXTereuY
        hwJ/P6g2VBWLp/UMPLqMNLw10g6B9zCsHHvW1mGpQvkMapylXFEvnkoAEmYwCgYI
        KoZIzj0EAwIDSQAwRgIhAJdYzwJVk3nuKURkNzVdCmAllawjf4eu2WG8wS13s9q1
        AiEA3H0QNvGSTlkLDFXmfB2XLMXp/gOCri7ZwUixH4eWdIw=
        -----END CERTIFICATE-----
        """;

    /** The key of that certificate. */
    private static final BigInteger SECRET = BigInteger.valueOf(42);

    @TempDir
    private static Path directory;

    private static X509Certificate certificate;
    private static byte[] key;

    @BeforeAll
    static void keys() throws GeneralSecurityException {
        certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(CERTIFICATE.getBytes(US_ASCII)));
        var curve = ((ECPublicKey) certificate.getPublicKey()).getParams();
        key = KeyFactory.getInstance("EC")
                .generatePrivate(new ECPrivateKeySpec(SECRET, curve))
                .getEncoded();
    }

    @FuzzTest
    void isReadOrRefusedWithItsName(FuzzedDataProvider data) throws IOException, GeneralSecurityException {
        Path file = Files.writeString(directory.resolve("tls.pem"), text(data));
        try {
            assertThat(Pem.certificates(file)).isNotEmpty();
        } catch (GeneralSecurityException e) {
            assertThat(e).hasMessageContaining(file.toString());
        }
        try {
            assertThat(Pem.privateKey(file, certificate)).isNotNull();
        } catch (GeneralSecurityException e) {
            assertThat(e).hasMessageContaining(file.toString());
        }
    }

    private static String text(FuzzedDataProvider data) throws GeneralSecurityException {
        String label = data.pickValue(new String[] {"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "CERTIFICATE"});
        String content = switch (data.consumeInt(0, 3)) {
            case 0 -> data.consumeString(LONGEST);
            case 1 -> base64(data.consumeBytes(LONGEST));
            case 2 -> base64(changed(key, data));
            default -> base64(changed(certificate.getEncoded(), data));
        };
        return "-----BEGIN " + label + "-----\n" + content + "\n-----END " + label + "-----\n"
                + data.consumeString(LONGEST);
    }

    private static byte[] changed(byte[] whole, FuzzedDataProvider data) {
        byte[] bytes = whole.clone();
        for (int changes = data.consumeInt(0, MOST_CHANGES); changes > 0; changes--) {
            bytes[data.consumeInt(0, bytes.length - 1)] = data.consumeByte();
        }
        return bytes;
    }

    private static String base64(byte[] bytes) {
        return Base64.getMimeEncoder().encodeToString(bytes);
    }
}
