package io.github.redissessionscaler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.redissessionscaler.proto.ExternalScalerGrpc;
import io.github.redissessionscaler.testing.Ports;
import io.github.redissessionscaler.testing.RecordedStream;
import io.github.redissessionscaler.testing.RunningScaler;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Health, reflection and probes: none of them depends on Redis, which is not there in these tests. */
final class StandardPartsTest {

    private RunningScaler scaler;

    @BeforeEach
    void start() {
        scaler = RunningScaler.onPort(Ports.free());
    }

    @AfterEach
    void stop() {
        scaler.close();
    }

    @Test
    void healthIsReportedForTheServerAndForTheService() {
        var health = HealthGrpc.newBlockingStub(scaler.channel());

        for (String service : List.of("", ExternalScalerGrpc.SERVICE_NAME)) {
            assertThat(health.check(HealthCheckRequest.newBuilder()
                                    .setService(service)
                                    .build())
                            .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
        }
    }

    @Test
    void healthIsTerminalWhenTheScalerEnds() {
        var watch = new RecordedStream<HealthCheckRequest, HealthCheckResponse, ServingStatus>(
                HealthCheckResponse::getStatus);
        HealthGrpc.newStub(scaler.channel()).watch(HealthCheckRequest.getDefaultInstance(), watch);
        await().until(() -> watch.values().contains(ServingStatus.SERVING));

        scaler.scaler().close();

        await().until(() -> watch.values().contains(ServingStatus.NOT_SERVING));
    }

    @Test
    void reflectionKnowsTheService() {
        var answers = new RecordedStream<ServerReflectionRequest, ServerReflectionResponse, String>(
                response -> response.getListServicesResponse().toString());
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(scaler.channel()).serverReflectionInfo(answers);
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        requests.onCompleted();

        await().until(() -> answers.end().isPresent());
        assertThat(answers.values()).singleElement().asString().contains(ExternalScalerGrpc.SERVICE_NAME);
    }

    @Test
    void theProbesAnswer() {
        assertThat(scaler.get("/livez").statusCode()).isEqualTo(200);
        assertThat(scaler.get("/readyz").statusCode()).isEqualTo(200);
    }
}
