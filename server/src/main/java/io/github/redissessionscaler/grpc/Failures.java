package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.AccessDeniedException;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.problem.InvalidInputException;
import io.github.redissessionscaler.problem.LimitReachedException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what went wrong into the status that KEDA is told. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static StatusRuntimeException toStatus(RuntimeException failure) {
        Status status = switch (failure) {
            case InvalidInputException e -> Status.INVALID_ARGUMENT;
            case AccessDeniedException e -> Status.PERMISSION_DENIED;
            case LimitReachedException e -> Status.RESOURCE_EXHAUSTED;
            case UnavailableException e -> Status.UNAVAILABLE;
            default -> {
                LOG.error("A call failed for a reason that nobody thought of", failure);
                yield Status.INTERNAL;
            }
        };
        String description = status.getCode() == Status.Code.INTERNAL
                ? "internal error, see the log of the scaler"
                : String.valueOf(failure.getMessage());
        return status.withDescription(description).asRuntimeException();
    }
}
