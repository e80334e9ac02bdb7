package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.counting.Count.Method;
import io.github.redissessionscaler.counting.ScanProgress;
import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.proto.Count;
import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.proto.Scan;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;

/** Tells {@code check} where the answers for a trigger come from. Its method does not block. */
final class ExplainerService extends ExplainerGrpc.ExplainerImplBase {

    private final Evaluator evaluator;
    private final Answers answers;

    ExplainerService(Evaluator evaluator, Answers answers) {
        this.evaluator = evaluator;
        this.answers = answers;
    }

    @Override
    public void explain(ScaledObjectRef request, StreamObserver<Explanation> observer) {
        answers.answer(request, observer, (asked, deadline) -> message(evaluator.explain(asked, deadline)));
    }

    private static Explanation message(io.github.redissessionscaler.evaluation.Explanation explanation) {
        Instant now = explanation.now();
        var message = Explanation.newBuilder()
                .setCounted(explanation.counted())
                .setTargetProblem(explanation.targetProblem().orElse(""))
                .addAllAdvice(explanation.advice());
        explanation.count().ifPresent(count -> message.setCount(count(count, now)));
        explanation.scan().ifPresent(scan -> message.setScan(scan(scan, now)));
        explanation
                .outage()
                .ifPresent(outage -> message.setOutage(outage.reason() + ": " + outage.message())
                        .setOutageSeconds(seconds(outage.since(), now)));
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
