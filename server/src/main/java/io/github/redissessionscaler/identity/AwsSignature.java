package io.github.redissessionscaler.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Presigned requests by AWS Signature Version 4: GET, with {@code host} as the only signed header.
 *
 * @param region and {@code service} that the request is for
 */
record AwsSignature(AwsKeys keys, String region, String service) {

    /** The SHA-256 of an empty body. */
    static final String NO_BODY = hex(sha256(""));

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * Keys of AWS.
     *
     * @param token of temporary keys
     */
    record AwsKeys(String accessKey, String secretKey, Optional<String> token) {

        /** Without the secrets. */
        @Override
        public String toString() {
            return "AwsKeys[" + accessKey + "]";
        }
    }

    /**
     * Host, path and query of the signed request, without a scheme.
     *
     * @param parameters of the query, not encoded
     * @param bodyHash the SHA-256 of the body, in hexadecimal, or another text that the service defines
     */
    String presigned(
            String host, String path, Map<String, String> parameters, Duration valid, Instant now, String bodyHash) {
        String time = TIME.format(now);
        String date = time.substring(0, 8);
        String scope = String.join("/", date, region, service, "aws4_request");
        Map<String, String> all = new HashMap<>(parameters);
        all.put("X-Amz-Algorithm", ALGORITHM);
        all.put("X-Amz-Credential", keys.accessKey() + "/" + scope);
        all.put("X-Amz-Date", time);
        all.put("X-Amz-Expires", String.valueOf(valid.toSeconds()));
        all.put("X-Amz-SignedHeaders", "host");
        keys.token().ifPresent(token -> all.put("X-Amz-Security-Token", token));
        SortedMap<String, String> sorted = new TreeMap<>();
        all.forEach((name, value) -> sorted.put(encoded(name), encoded(value)));
        String query = sorted.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                .collect(Collectors.joining("&"));
        String request = String.join("\n", "GET", path, query, "host:" + host, "", "host", bodyHash);
        String toSign = String.join("\n", ALGORITHM, time, scope, hex(sha256(request)));
        byte[] key = ("AWS4" + keys.secretKey()).getBytes(UTF_8);
        for (String part : new String[] {date, region, service, "aws4_request"}) {
            key = hmac(key, part);
        }
        return host + path + "?" + query + "&X-Amz-Signature=" + hex(hmac(key, toSign));
    }

    /** Percent-encoded as AWS wants it, which is not as in forms. */
    private static String encoded(String text) {
        return Http.encoded(text).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
