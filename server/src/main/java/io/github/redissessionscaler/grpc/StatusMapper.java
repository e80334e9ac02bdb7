package io.github.redissessionscaler.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.evaluation.AccessDeniedException;
import io.github.redissessionscaler.evaluation.UnavailableException;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.LimitReachedException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Maps exceptions to gRPC statuses. */
final class StatusMapper {

    /** Clients accept 8 KiB of headers by default; this leaves room for the others. */
    private static final int LARGEST_DESCRIPTION_BYTES = 7000;

    private StatusMapper() {}

    static StatusRuntimeException toStatus(Throwable failure) {
        Status status = switch (failure) {
            case InvalidInputException e -> Status.INVALID_ARGUMENT;
            case AccessDeniedException e -> Status.PERMISSION_DENIED;
            case LimitReachedException e -> Status.RESOURCE_EXHAUSTED;
            case UnavailableException e -> Status.UNAVAILABLE;
            default -> {
                InternalErrors.report("call", failure);
                yield Status.INTERNAL;
            }
        };
        String description = status.getCode() == Status.Code.INTERNAL
                ? "internal error, see the log of the scaler"
                : clipped(String.valueOf(failure.getMessage()));
        return status.withDescription(description).asRuntimeException();
    }

    /** Whether the trigger is refused: it fails until its metadata or the scaler's configuration changes. */
    static boolean isRefusal(Throwable failure) {
        return switch (failure) {
            case InvalidInputException e -> true;
            case AccessDeniedException e -> true;
            case LimitReachedException e -> true;
            default -> false;
        };
    }

    /** Truncates the text to what fits into a header, where each byte other than printable ASCII takes three. */
    private static String clipped(String text) {
        int bytes = 0;
        for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
            int character = text.codePointAt(at);
            bytes += character >= ' ' && character < '~' && character != '%'
                    ? 1
                    : 3 * Character.toString(character).getBytes(UTF_8).length;
            if (bytes > LARGEST_DESCRIPTION_BYTES) {
                return text.substring(0, at) + "...";
            }
        }
        return text;
    }
}
