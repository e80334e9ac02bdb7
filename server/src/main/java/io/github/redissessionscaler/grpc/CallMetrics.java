package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.telemetry.Telemetry;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Measures every unary call of the external scaler. */
record CallMetrics(Telemetry telemetry) implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (call.getMethodDescriptor().getType() != MethodType.UNARY) {
            return next.startCall(call, headers);
        }
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        long start = System.nanoTime();
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        super.close(status, trailers);
                        telemetry.answered(method, status.getCode().name(), System.nanoTime() - start);
                    }
                },
                headers);
    }
}
