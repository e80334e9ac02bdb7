package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.evaluation.ForecastStatus;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.proto.ActualReplicas;
import io.github.redissessionscaler.proto.Count;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.LookAhead;
import io.github.redissessionscaler.proto.Scan;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Converts explanations to protobuf for {@code check}. */
public final class Explanations {

    private Explanations() {}

    /**
     * The message for a trigger.
     *
     * @param observed what the Kubernetes API says, if it is known
     */
    public static Explanation message(
            io.github.redissessionscaler.evaluation.Explanation explanation, Optional<Observation> observed) {
        Instant now = explanation.now();
        var message = Explanation.newBuilder()
                .setCounted(explanation.counted())
                .setTarget(explanation.target())
                .setTargetProblem(explanation.targetProblem().orElse(""))
                .addAllAdvice(explanation.advice());
        explanation.count().ifPresent(count -> message.setCount(count(count, now)));
        explanation.forecast().ifPresent(status -> message.setLookAhead(lookAhead(status)));
        explanation.scan().ifPresent(scan -> message.setScan(scan(scan, now)));
        explanation
                .missed()
                .ifPresent(missed -> message.setOutage(missed.reason() + ": " + missed.message())
                        .setOutageSeconds(seconds(missed.since(), now)));
        observed.flatMap(known -> known.hpa().map(hpa -> replicas(hpa, known))).ifPresent(message::setReplicas);
        return message.build();
    }

    private static ActualReplicas replicas(HpaObservation hpa, Observation known) {
        var message = ActualReplicas.newBuilder()
                .setHpa(hpa.name())
                .setCurrent(hpa.currentReplicas())
                .setDesired(hpa.desiredReplicas())
                .setMin(hpa.minReplicas())
                .setMax(hpa.maxReplicas())
                .addAllRemarks(known.remarks());
        known.scaledObject().ifPresent(scaledObject -> message.setMinReplicaCount(scaledObject.minReplicas()));
        return message.build();
    }

    private static Count count(io.github.redissessionscaler.counting.Count count, Instant now) {
        return Count.newBuilder()
                .setSessions(count.value())
                .setStandardError(count.standardError())
                .setMethod(method(count.method()))
                .setAgeSeconds(seconds(count.asOf(), now))
                .build();
    }

    private static io.github.redissessionscaler.proto.Method method(Method method) {
        return switch (method) {
            case INDEX -> io.github.redissessionscaler.proto.Method.METHOD_INDEX;
            case EXACT -> io.github.redissessionscaler.proto.Method.METHOD_EXACT;
            case ESTIMATE -> io.github.redissessionscaler.proto.Method.METHOD_ESTIMATE;
        };
    }

    private static LookAhead lookAhead(ForecastStatus status) {
        var message = LookAhead.newBuilder()
                .setSeconds((double) status.lookAhead().toMillis() / 1000)
                .setUsed(status.quality().used())
                .setExplanation(status.inWords());
        status.sessions().ifPresent(sessions -> {
            message.setNow(sessions.now()).setReported(sessions.reported());
            if (sessions.forecast()) {
                message.setForecast(sessions.expected());
            }
        });
        if (status.quality().known()) {
            message.setMeanError(status.quality().error())
                    .setMeanErrorOfNow(status.quality().errorOfNow());
        }
        return message.build();
    }

    private static Scan scan(ScanProgress scan, Instant now) {
        return Scan.newBuilder()
                .setKeysSeen(scan.keysSeen())
                .setKeysExpected(scan.keysExpected())
                .setRunningSeconds(seconds(scan.since(), now))
                .build();
    }

    private static double seconds(Instant from, Instant to) {
        return (double) Duration.between(from, to).toMillis() / 1000;
    }
}
