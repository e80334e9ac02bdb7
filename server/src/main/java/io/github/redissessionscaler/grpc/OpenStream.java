package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.activity.Client;
import io.github.redissessionscaler.activity.Subscription;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Function;

/** A server stream of gRPC as a client of the hub. */
record OpenStream<V, R>(ServerCallStreamObserver<R> observer, Function<V, R> message) implements Client<V> {

    /**
     * Opens the stream. Must be called by the service's own method, since gRPC takes the handlers of a stream only until
     * that returns; the handlers run one at a time and after it.
     *
     * @param subscribe hands the stream to the hub
     */
    static <V, R> void open(
            ServerCallStreamObserver<R> observer,
            Function<V, R> message,
            Function<Client<V>, Subscription<V>> subscribe) {
        var stream = new OpenStream<>(observer, message);
        Subscription<V> subscription = subscribe.apply(stream);
        observer.setOnReadyHandler(subscription::ready);
        observer.setOnCancelHandler(subscription::cancel);
        subscription.open();
    }

    @Override
    public boolean isReady() {
        return observer.isReady();
    }

    @Override
    public void send(V value) {
        observer.onNext(message.apply(value));
    }

    @Override
    public void end() {
        observer.onCompleted();
    }

    @Override
    public void fail(RuntimeException reason) {
        observer.onError(Failures.toStatus(reason));
    }
}
