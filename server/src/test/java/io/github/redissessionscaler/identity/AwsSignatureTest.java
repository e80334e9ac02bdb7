package io.github.redissessionscaler.identity;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.identity.AwsSignature.AwsKeys;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** The signatures of AWS's documentation, of its test suite for signers, and of its own signer. */
final class AwsSignatureTest {

    private static final String ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    /** The characters that are not percent-encoded. */
    private static final String UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** The presigned URL in "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)". */
    @Test
    void isThatOfTheDocumentation() {
        var signature = new AwsSignature(new AwsKeys(ACCESS_KEY, SECRET_KEY, Optional.empty()), "us-east-1", "s3");

        assertThat(signature.presigned(
                        "examplebucket.s3.amazonaws.com",
                        "/test.txt",
                        Map.of(),
                        Duration.ofDays(1),
                        Instant.parse("2013-05-24T00:00:00Z"),
                        "UNSIGNED-PAYLOAD"))
                .isEqualTo("examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    }

    /** The presigned GET requests of AWS's signing test suite that sign no other header than the host. */
    @ParameterizedTest
    @CsvSource({
        "get-vanilla, /, '', '', e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d",
        "get-vanilla-with-session-token, /, '', 6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267,"
                + " 7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c",
        "get-vanilla-empty-query-key, /, Param1=value1, '',"
                + " 49096700cbbaa5753443850f40df10f904fc2fdb544dc9512203cc77c471a9de",
        "get-vanilla-query-order-key-case, /, Param2=value2&Param1=value1, '',"
                + " 86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5",
        "get-vanilla-query-order-encoded, /, Param-3=Value3&Param=Value2&\u1234=Value1, '',"
                + " c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787",
        "get-vanilla-query-unreserved, /, " + UNRESERVED + "=" + UNRESERVED + ", '',"
                + " 8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf",
        "get-vanilla-utf8-query, /, \u1234=bar, '', 0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600",
        "get-utf8, /%E1%88%B4, '', '', 10eae3f14a260bd3911cc6d008d3c576d143b05b62f09782a7a4b37f52178e44",
        "get-unreserved, /" + UNRESERVED + ", '', '',"
                + " 95968482db1b9e0fadef6efc1bd24689f77c77d9ef56919c96a28cc92e0d6005",
        "get-space-normalized, /example%20space/, '', '',"
                + " 7a1f416954786484c9824d93c1f26ef64acb9b1b6c9154d08c9f07d0e394abf6",
    })
    void isThatOfTheTestSuite(String vector, String path, String query, String token, String signature) {
        AwsKeys keys = new AwsKeys(
                "AKIDEXAMPLE",
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                Optional.of(token).filter(given -> !given.isEmpty()));

        assertThat(new AwsSignature(keys, "us-east-1", "service")
                        .presigned(
                                "example.amazonaws.com",
                                path,
                                parameters(query),
                                Duration.ofHours(1),
                                Instant.parse("2015-08-30T12:36:00Z"),
                                AwsSignature.NO_BODY))
                .as(vector)
                .endsWith("&X-Amz-Signature=" + signature);
    }

    @ParameterizedTest
    @CsvSource({
        "elasticache, eu-west-1, Action=connect&User=scaler, ''",
        "elasticache, us-east-1, Action=connect&ResourceType=ServerlessCache&User=scaler, 'FwoGZX/IvYXdzE+=='",
        "memorydb, cn-north-1, Action=connect&User=scaler-1, 'IQoJ~b3JpZ2lu*_-. x'",
    })
    void isThatOfTheSdk(String service, String region, String query, String token) {
        Instant now = Instant.parse("2026-11-28T04:05:06Z");
        Map<String, String> parameters = parameters(query);

        String ours = new AwsSignature(
                        new AwsKeys(ACCESS_KEY, SECRET_KEY, token.isEmpty() ? Optional.empty() : Optional.of(token)),
                        region,
                        service)
                .presigned("my-cache", "/", parameters, Duration.ofMinutes(15), now, AwsSignature.NO_BODY);

        assertThat(parametersOf(ours)).isEqualTo(parametersOf(ofSdk(service, region, parameters, token, now)));
        assertThat(ours).startsWith("my-cache/?Action=connect&");
    }

    private static Map<String, String> parameters(String query) {
        return Arrays.stream(query.split("&"))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> pair.split("=", 2))
                .collect(toMap(pair -> pair[0], pair -> pair[1]));
    }

    private static String ofSdk(
            String service, String region, Map<String, String> parameters, String token, Instant now) {
        SdkHttpRequest.Builder request =
                SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(URI.create("https://my-cache/"));
        parameters.forEach(request::appendRawQueryParameter);
        AwsCredentialsIdentity identity = token.isEmpty()
                ? AwsCredentialsIdentity.create(ACCESS_KEY, SECRET_KEY)
                : AwsSessionCredentialsIdentity.create(ACCESS_KEY, SECRET_KEY, token);
        return AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(identity)
                        .request(request.build())
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, Duration.ofMinutes(15))
                        .putProperty(AwsV4HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC)))
                .request()
                .getUri()
                .toString();
    }

    private static Set<String> parametersOf(String request) {
        return new TreeSet<>(
                Arrays.asList(request.substring(request.indexOf('?') + 1).split("&")));
    }
}
