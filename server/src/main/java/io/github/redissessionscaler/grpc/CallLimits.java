package io.github.redissessionscaler.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** Refuses calls that exceed a limit, and counts the others. */
final class CallLimits implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Connection connection = call.getAttributes().get(Connections.CONNECTION);
        ConnectionCalls calls = connection == null ? null : connection.calls();
        Http2Stream stream = calls == null ? null : calls.newest();
        if (connection == null || calls == null || stream == null) {
            return next.startCall(call, headers);
        }
        if (connection.distrusted()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("the client's certificate is not trusted"));
        }
        String authority = call.getAuthority();
        if (authority != null && authority.length() > ServerLimits.LONGEST_AUTHORITY) {
            return refuse(
                    call,
                    Status.INVALID_ARGUMENT.withDescription("the authority has " + authority.length()
                            + " characters; at most " + ServerLimits.LONGEST_AUTHORITY + " are accepted"));
        }
        CallCounts counts = calls.counts();
        String refusal = counts.refusalOfBeginning();
        boolean watch = call.getMethodDescriptor()
                .getFullMethodName()
                .equals(HealthGrpc.getWatchMethod().getFullMethodName());
        if (refusal == null && watch && !counts.watch()) {
            refusal = "this connection already has " + ServerLimits.WATCHES + " health watches";
        }
        if (refusal != null) {
            calls.refused(refusal);
            return refuse(call, exhausted(refusal));
        }
        var counted = new Counted<>(call, counts);
        return new Listened<>(next.startCall(counted, headers), counted, calls, stream, watch);
    }

    private static Status exhausted(String refusal) {
        return Status.RESOURCE_EXHAUSTED.withDescription(refusal + "; retry later or over another connection");
    }

    private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /** A call that is counted until it is closed. */
    private static final class Counted<Q, R> extends SimpleForwardingServerCall<Q, R> {

        /** Updaters and no atomic objects: there are up to 10,000 calls at a time. */
        private static final AtomicIntegerFieldUpdater<Counted<?, ?>> BYTES = updater("bytes");

        private static final AtomicIntegerFieldUpdater<Counted<?, ?>> EVALUATED = updater("evaluated");

        private final CallCounts counts;

        @SuppressWarnings("UnusedVariable") // its updater uses it
        private volatile int bytes;

        /** 1 when the evaluation has ended. */
        private volatile int evaluated;

        private volatile boolean begun;
        private volatile boolean answered;

        Counted(ServerCall<Q, R> call, CallCounts counts) {
            super(call);
            this.counts = counts;
        }

        @SuppressWarnings("unchecked") // an updater needs no type arguments
        private static AtomicIntegerFieldUpdater<Counted<?, ?>> updater(String field) {
            return (AtomicIntegerFieldUpdater<Counted<?, ?>>)
                    (AtomicIntegerFieldUpdater<?>) AtomicIntegerFieldUpdater.newUpdater(Counted.class, field);
        }

        /** Called with the size of the call's message. Returns why the message is refused, or null. */
        @Nullable
        String takes(int message) {
            BYTES.addAndGet(this, message);
            return counts.takes(message);
        }

        /** The message is no longer needed. */
        private void forget() {
            counts.gives(BYTES.getAndSet(this, 0));
        }

        /** The client has disconnected or cancelled. */
        void leave() {
            if (!begun) {
                forget();
            }
        }

        void begin() {
            begun = true;
            counts.evaluates();
        }

        void end() {
            forget();
            if (begun && EVALUATED.getAndSet(this, 1) == 0) {
                counts.evaluated();
            }
        }

        boolean ended() {
            return evaluated != 0;
        }

        @Override
        public void sendMessage(R message) {
            answered = true;
            super.sendMessage(message);
        }

        boolean answered() {
            return answered;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            super.close(status, trailers);
            end();
        }
    }

    private static final class Listened<Q> extends SimpleForwardingServerCallListener<Q> {

        private final Counted<Q, ?> call;
        private final ConnectionCalls calls;
        private final Http2Stream stream;
        private final boolean unary;
        private final boolean watch;
        private boolean refused;

        Listened(
                ServerCall.Listener<Q> next,
                Counted<Q, ?> call,
                ConnectionCalls calls,
                Http2Stream stream,
                boolean watch) {
            super(next);
            this.call = call;
            this.calls = calls;
            this.stream = stream;
            this.unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
            this.watch = watch;
        }

        @Override
        public void onMessage(@Nullable Q message) {
            calls.hasMessage(stream);
            if (message == null) {
                refused = true;
                call.close(
                        Status.INVALID_ARGUMENT.withDescription("the request is not a protobuf message of this method"),
                        new Metadata());
                calls.strike("messages that are not protobuf");
                return;
            }
            String refusal = call.takes(Requests.memory(message));
            if (refusal != null) {
                refuse(refusal);
            } else {
                super.onMessage(message);
            }
        }

        private void refuse(String refusal) {
            refused = true;
            calls.refused(refusal);
            call.close(exhausted(refusal), new Metadata());
        }

        @Override
        public void onHalfClose() {
            if (refused) {
                return;
            }
            calls.requested(stream);
            String refusal = unary ? calls.counts().refusal() : null;
            if (refusal != null) {
                refuse(refusal);
                return;
            }
            call.begin();
            super.onHalfClose();
            if (!unary) {
                boolean ended = call.ended();
                call.end();
                if (!ended) {
                    calls.keep(stream);
                }
            }
        }

        @Override
        public void onComplete() {
            leave();
            super.onComplete();
        }

        @Override
        public void onCancel() {
            leave();
            if (!call.answered()) {
                calls.strike("calls that are reset before their response");
            }
            if (!unary) {
                call.end();
            }
            super.onCancel();
        }

        private void leave() {
            call.leave();
            if (watch) {
                calls.counts().unwatch();
            }
        }
    }
}
