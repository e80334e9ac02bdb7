package io.github.redissessionscaler.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads PEM files with the JDK only. Private keys may be in PKCS #8, PKCS #1 (RSA) or SEC 1 (elliptic curves); certificate
 * managers still write the older formats.
 */
public final class Pem {

    private static final String PKCS8 = "PRIVATE KEY";

    private static final Pattern PRIVATE_KEY = Pattern.compile(
            "-----BEGIN (?<form>[A-Z ]*PRIVATE KEY)-----(?<base64>[A-Za-z0-9+/=\\s]+)-----END \\k<form>-----");

    /** DER tags and the version in PKCS #8. */
    private static final int SEQUENCE = 0x30;

    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    /** Signature algorithm by key algorithm. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private Pem() {}

    /**
     * All certificates of the file, in order.
     *
     * @throws GeneralSecurityException if it contains none, or an invalid one
     */
    public static List<X509Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        var in = new ByteArrayInputStream(read(file));
        try {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (CertificateException e) {
            throw new CertificateException(file + " contains no PEM certificate: it cannot be decoded", e);
        }
        throw new CertificateException(file + " contains no PEM certificate");
    }

    /** The content. Failures name the file, which those of a directory do not. */
    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            var named = new FileSystemException(file.toString(), null, e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    /**
     * The private key of the file, which belongs to the certificate.
     *
     * @throws GeneralSecurityException if the file contains no valid key, or that of another certificate; the message
     *     contains nothing of the key
     */
    public static PrivateKey privateKey(Path file, X509Certificate certificate)
            throws IOException, GeneralSecurityException {
        Matcher pem = PRIVATE_KEY.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new InvalidKeySpecException(file + " contains no unencrypted PEM private key");
        }
        PublicKey publicKey = certificate.getPublicKey();
        try {
            byte[] key = Base64.getMimeDecoder().decode(pem.group("base64"));
            byte[] pkcs8 = pem.group("form").equals(PKCS8) ? key : wrapped(key, publicKey);
            PrivateKey privateKey =
                    KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            if (!belongTogether(privateKey, publicKey)) {
                throw new CertificateException(file + " contains a key that does not belong to the certificate of "
                        + certificate.getSubjectX500Principal());
            }
            return privateKey;
        } catch (InvalidKeySpecException | IllegalArgumentException _) {
            throw new InvalidKeySpecException(file + " holds no " + publicKey.getAlgorithm()
                    + " private key, which its certificate requires; convert the key to PKCS #8");
        }
    }

    /** Whether the public key verifies a signature of the private key. */
    private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        String algorithm = SIGNATURES.get(publicKey.getAlgorithm());
        if (algorithm == null) {
            return true;
        }
        byte[] signed = publicKey.getEncoded();
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(privateKey);
        signature.update(signed);
        byte[] bytes = signature.sign();
        signature.initVerify(publicKey);
        signature.update(signed);
        return signature.verify(bytes);
    }

    /** Wraps a key of an older format in PKCS #8. The algorithm identifier is the same as in the certificate. */
    private static byte[] wrapped(byte[] key, PublicKey publicKey) {
        byte[] info = publicKey.getEncoded();
        int algorithmStart = headerLength(info, 0);
        int algorithmEnd = algorithmStart + headerLength(info, algorithmStart) + contentLength(info, algorithmStart);
        byte[] algorithm = Arrays.copyOfRange(info, algorithmStart, algorithmEnd);
        return der(SEQUENCE, VERSION_0, algorithm, der(OCTET_STRING, key));
    }

    private static byte[] der(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(content::writeBytes);
        var value = new ByteArrayOutputStream();
        value.write(tag);
        int length = content.size();
        if (length >= 0x100) {
            value.write(0x82);
            value.write(length >> 8);
        } else if (length >= 0x80) {
            value.write(0x81);
        }
        value.write(length);
        value.writeBytes(content.toByteArray());
        return value.toByteArray();
    }

    /** Length of the DER header at this position: the tag and the length bytes. */
    private static int headerLength(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? 2 : 2 + (first & 0x7f);
    }

    private static int contentLength(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = (length << 8) | (der[at + 2 + i] & 0xff);
        }
        return length;
    }
}
