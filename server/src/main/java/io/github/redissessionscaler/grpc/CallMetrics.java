package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.telemetry.Telemetry;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Records the duration of unary calls, the messages of streams, and the status of both. */
record CallMetrics(Telemetry telemetry) implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var measured = new Measured<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(measured, headers)) {
            @Override
            public void onCancel() {
                measured.ended(Status.Code.CANCELLED);
                super.onCancel();
            }
        };
    }

    /** A call that is recorded once, when it is closed or cancelled. */
    private final class Measured<Q, R> extends SimpleForwardingServerCall<Q, R> {

        private final boolean unary = getMethodDescriptor().getType() == MethodType.UNARY;
        private final long start = System.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();

        Measured(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public void sendMessage(R message) {
            super.sendMessage(message);
            if (!unary) {
                telemetry.pushed(method());
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            super.close(status, trailers);
            ended(status.getCode());
        }

        /** Not stored: it is a new string each time. */
        private String method() {
            return String.valueOf(getMethodDescriptor().getBareMethodName());
        }

        void ended(Status.Code code) {
            if (ended.getAndSet(true)) {
                return;
            }
            if (unary) {
                telemetry.answered(method(), code.name(), Duration.ofNanos(System.nanoTime() - start));
            } else {
                telemetry.streamEnded(method(), code.name());
            }
        }
    }
}
