package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.Futures;
import io.github.redissessionscaler.trigger.Trigger;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Handles unary calls about a trigger. Every call completes within its timeout, with a response or an error. Thread-safe.
 *
 * @param timeout time limit of every call
 * @param admission throws if a trigger that is not cached is refused
 * @param refused records each refused trigger
 */
record UnaryCalls(Duration timeout, TriggerCache triggers, Consumer<TriggerRef> admission, RefusedTriggers refused) {

    /** The limit of Kubernetes. */
    private static final int LONGEST_NAME = 253;

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
            begun = response.apply(ref(request), deadline());
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

    /**
     * The trigger of the request.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with all problems
     * @throws RuntimeException from the admission
     */
    TriggerRef ref(ScaledObjectRef request) {
        var problems = new Problems();
        checkName("scaledObjectRef.name", request.getName(), problems);
        checkName("scaledObjectRef.namespace", request.getNamespace(), problems);
        problems.throwIfAny();
        Trigger trigger = triggers.of(request.getScalerMetadataMap(), parsed -> admission.accept(ref(request, parsed)));
        return ref(request, trigger);
    }

    /** The error for the caller. Records refused triggers. */
    StatusRuntimeException failed(ScaledObjectRef request, Throwable failure) {
        return failed(request.getNamespace(), request.getName(), failure);
    }

    private StatusRuntimeException failed(String namespace, String name, Throwable failure) {
        if (StatusMapper.isRefusal(failure)) {
            refused.refused(shown(namespace), shown(name), String.valueOf(failure.getMessage()));
        }
        return StatusMapper.toStatus(failure);
    }

    /** The name; an invalid one is shortened and escaped. */
    private static String shown(String name) {
        return name.length() > LONGEST_NAME || holdsControlCharacter(name) ? Printable.plain(name) : name;
    }

    private static TriggerRef ref(ScaledObjectRef request, Trigger trigger) {
        return new TriggerRef(request.getNamespace(), request.getName(), trigger);
    }

    /** Names appear in metrics and in the log, so they must be short and on one line. */
    private static void checkName(String field, String name, Problems problems) {
        if (name.length() > LONGEST_NAME) {
            problems.add(field, "has " + name.length() + " characters; at most " + LONGEST_NAME + " are accepted");
        } else if (holdsControlCharacter(name)) {
            problems.add(field, Printable.of(name) + " contains a line break or another control character");
        }
    }

    private static boolean holdsControlCharacter(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * The scaler's own deadline. If the caller's is earlier, gRPC itself returns DEADLINE_EXCEEDED: that says nothing about
     * Redis and must not count as an outage.
     */
    private Deadline deadline() {
        return Deadline.in(timeout);
    }
}
