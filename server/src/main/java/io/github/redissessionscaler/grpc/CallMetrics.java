package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.telemetry.Telemetry;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Measures every call of a service: unary ones by their time, streams by how they were ended. */
record CallMetrics(Telemetry telemetry) implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        boolean unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        long start = System.nanoTime();
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        super.close(status, trailers);
                        String code = status.getCode().name();
                        if (unary) {
                            telemetry.answered(method, code, System.nanoTime() - start);
                        } else {
                            telemetry.streamEnded(method, code);
                        }
                    }
                },
                headers);
    }
}
