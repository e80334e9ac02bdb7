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
 * Answers unary calls about a trigger: each within its time, whatever goes wrong. Thread-safe.
 *
 * @param timeout within which every call is answered
 * @param admission throws if a trigger is refused that was not asked about lately
 * @param refused is told of each that is refused
 */
record UnaryCalls(Duration timeout, TriggerCache triggers, Consumer<TriggerRef> admission, RefusedTriggers refused) {

    /** What Kubernetes accepts. */
    private static final int LONGEST_NAME = 253;

    /**
     * Answers by and by, on the thread that has the answer; returns at once. A client that leaves before does not get it.
     *
     * @param response is begun, and does not block
     */
    <R> void answer(
            ScaledObjectRef request,
            StreamObserver<R> observer,
            BiFunction<TriggerRef, Deadline, CompletableFuture<R>> response) {
        ((ServerCallStreamObserver<R>) observer).setOnCancelHandler(() -> {});
        CompletableFuture<R> begun;
        try {
            begun = response.apply(asked(request), deadline());
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
     * @throws io.github.redissessionscaler.input.InvalidInputException with everything that is wrong with it
     * @throws RuntimeException what the admission throws
     */
    TriggerRef asked(ScaledObjectRef request) {
        var problems = new Problems();
        checkName("scaledObjectRef.name", request.getName(), problems);
        checkName("scaledObjectRef.namespace", request.getNamespace(), problems);
        problems.throwIfAny();
        Trigger trigger =
                triggers.of(request.getScalerMetadataMap(), parsed -> admission.accept(asked(request, parsed)));
        return asked(request, trigger);
    }

    /** The error that the caller gets. Where the trigger is refused, that is noted. */
    StatusRuntimeException failed(ScaledObjectRef request, Throwable failure) {
        return failed(request.getNamespace(), request.getName(), failure);
    }

    private StatusRuntimeException failed(String namespace, String name, Throwable failure) {
        if (StatusMapper.isRefusal(failure)) {
            refused.refused(shown(namespace), shown(name), String.valueOf(failure.getMessage()));
        }
        return StatusMapper.toStatus(failure);
    }

    /** The name, or as much of it as can be shown where it is none. */
    private static String shown(String name) {
        return name.length() > LONGEST_NAME || holdsControlCharacter(name) ? Printable.plain(name) : name;
    }

    private static TriggerRef asked(ScaledObjectRef request, Trigger trigger) {
        return new TriggerRef(request.getNamespace(), request.getName(), trigger);
    }

    /** Names stand in metrics and in the log, so that they must not be longer than a line, or more than one. */
    private static void checkName(String field, String name, Problems problems) {
        if (name.length() > LONGEST_NAME) {
            problems.add(field, "has " + name.length() + " characters; at most " + LONGEST_NAME + " are accepted");
        } else if (holdsControlCharacter(name)) {
            problems.add(field, Printable.of(name) + " holds a line break or another control character");
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
     * Our own deadline. A caller whose deadline is earlier gets DEADLINE_EXCEEDED then, by gRPC itself: what it wants says nothing
     * about Redis, and must not pass for an outage.
     */
    private Deadline deadline() {
        return Deadline.in(timeout);
    }
}
