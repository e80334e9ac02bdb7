package io.github.redissessionscaler.identity;

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
import java.util.TreeMap;
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

/** The signature in AWS's documentation, and those of AWS's own signer. */
final class AwsSignatureTest {

    private static final String ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

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

    @ParameterizedTest
    @CsvSource({
        "elasticache, eu-west-1, Action=connect&User=scaler, ''",
        "elasticache, us-east-1, Action=connect&ResourceType=ServerlessCache&User=scaler, 'FwoGZX/IvYXdzE+=='",
        "memorydb, cn-north-1, Action=connect&User=scaler-1, 'IQoJ~b3JpZ2lu*_-. x'",
    })
    void isThatOfTheSdk(String service, String region, String query, String token) {
        Instant now = Instant.parse("2026-11-28T04:05:06Z");
        Map<String, String> parameters = new TreeMap<>();
        Arrays.stream(query.split("&"))
                .map(pair -> pair.split("=", 2))
                .forEach(pair -> parameters.put(pair[0], pair[1]));

        String ours = new AwsSignature(
                        new AwsKeys(ACCESS_KEY, SECRET_KEY, token.isEmpty() ? Optional.empty() : Optional.of(token)),
                        region,
                        service)
                .presigned("my-cache", "/", parameters, Duration.ofMinutes(15), now, AwsSignature.NO_BODY);

        assertThat(parametersOf(ours)).isEqualTo(parametersOf(ofSdk(service, region, parameters, token, now)));
        assertThat(ours).startsWith("my-cache/?Action=connect&");
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
