package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.Evaluator;
import io.github.redissessionscaler.observed.Observations;
import io.github.redissessionscaler.proto.ExplainerGrpc;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.stub.StreamObserver;

/** Explains to {@code check} how the values of a trigger come about. Does not block. */
final class ExplainerService extends ExplainerGrpc.ExplainerImplBase {

    private final Evaluator evaluator;
    private final Observations observed;
    private final UnaryCalls answers;

    ExplainerService(Evaluator evaluator, Observations observed, UnaryCalls answers) {
        this.evaluator = evaluator;
        this.observed = observed;
        this.answers = answers;
    }

    @Override
    public void explain(ScaledObjectRef request, StreamObserver<Explanation> observer) {
        answers.answer(
                request,
                observer,
                (ref, deadline) -> evaluator
                        .explain(ref, deadline)
                        .thenApply(explanation ->
                                Explanations.message(explanation, observed.of(ref.namespace(), ref.scaledObject()))));
    }
}
