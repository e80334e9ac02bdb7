package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.stub.StreamObserver;

/** Explains to {@code check} how the values of a trigger come about. Does not block. */
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
                (ref, deadline) -> evaluator.explain(ref, deadline).thenApply(Explanations::message));
    }
}
