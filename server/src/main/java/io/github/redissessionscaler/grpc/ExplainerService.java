package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.stub.StreamObserver;

/** Tells {@code check} where the answers for a trigger come from. Its method does not block. */
final class ExplainerService extends ExplainerGrpc.ExplainerImplBase {

    private final Evaluator evaluator;
    private final UnaryCalls answers;

    ExplainerService(Evaluator evaluator, UnaryCalls answers) {
        this.evaluator = evaluator;
        this.answers = answers;
    }

    @Override
    public void explain(ScaledObjectRef request, StreamObserver<Explanation> observer) {
        answers.answer(
                request,
                observer,
                (asked, deadline) -> evaluator.explain(asked, deadline).thenApply(Explanations::message));
    }
}
