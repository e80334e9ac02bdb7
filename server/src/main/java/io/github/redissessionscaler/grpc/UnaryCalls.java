package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * Handles unary calls about a trigger. Every call completes within its timeout, with a response or an error. Thread-safe.
 *
 * @param timeout the scaler's own time limit of every call. If the caller's ends earlier, gRPC itself returns
 *     DEADLINE_EXCEEDED: that says nothing about Redis and must not count as an outage
 * @param triggers finds the trigger of a request
 * @param refused records each refused trigger
 */
record UnaryCalls(Duration timeout, TriggerCache triggers, RefusedTriggers refused) {

    /**
     * Completes asynchronously, on the thread that read the value. Does not block. A client that has cancelled gets
     * nothing.
     *
     * @param response starts the evaluation; must not block
     */
    <R> void answer(
            ScaledObjectRef request,
            StreamObserver<R> observer,
            BiFunction<TriggerRef, Deadline, CompletableFuture<R>> response) {
        ((ServerCallStreamObserver<R>) observer).setOnCancelHandler(() -> {});
        CompletableFuture<R> begun;
        try {
            begun = response.apply(triggers.of(request), Deadline.in(timeout));
        } catch (RuntimeException | Error e) {
            observer.onError(failed(request, e));
            return;
        }
        String namespace = request.getNamespace();
        String name = request.getName();
        var _ = begun.whenComplete((message, thrown) -> {
            if (thrown == null) {
                observer.onNext(message);
                observer.onCompleted();
            } else {
                observer.onError(failed(namespace, name, Futures.failure(thrown)));
            }
        });
    }

    /** The error for the caller. Records refused triggers. */
    StatusRuntimeException failed(ScaledObjectRef request, Throwable failure) {
        return failed(request.getNamespace(), request.getName(), failure);
    }

    private StatusRuntimeException failed(String namespace, String name, Throwable failure) {
        if (StatusMapper.isRefusal(failure)) {
            refused.refused(
                    ObjectNames.shown(namespace), ObjectNames.shown(name), String.valueOf(failure.getMessage()));
        }
        return StatusMapper.toStatus(failure);
    }
}
