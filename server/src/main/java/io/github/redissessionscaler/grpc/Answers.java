package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.Asked;
import io.github.redissessionscaler.evaluation.Deadline;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Answers unary calls about a trigger: each within its time, whatever goes wrong. Thread-safe.
 *
 * @param timeout within which every call is answered
 */
record Answers(Duration timeout, ParsedTriggers triggers) {

    /** What is kept of a caller's own deadline for the answer's way back. */
    private static final Duration WAY_BACK = Duration.ofMillis(50);

    <R> void answer(ScaledObjectRef request, StreamObserver<R> observer, BiFunction<Asked, Deadline, R> response) {
        R message;
        try {
            message = response.apply(asked(request), deadline());
        } catch (RuntimeException e) {
            observer.onError(Failures.toStatus(e));
            return;
        }
        observer.onNext(message);
        observer.onCompleted();
    }

    /** The trigger of the request. */
    Asked asked(ScaledObjectRef request) {
        return new Asked(request.getNamespace(), request.getName(), triggers.of(request.getScalerMetadataMap()));
    }

    /** Our own deadline, or the caller's if that is earlier. */
    private Deadline deadline() {
        io.grpc.Deadline callers = Context.current().getDeadline();
        long left = callers == null ? Long.MAX_VALUE : callers.timeRemaining(TimeUnit.NANOSECONDS) - WAY_BACK.toNanos();
        return Deadline.in(Duration.ofNanos(Math.max(0, Math.min(timeout.toNanos(), left))));
    }
}
