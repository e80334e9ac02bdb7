package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.proto.IsActiveResponse;
import io.github.redissessionscaler.push.ActivityStream;
import io.github.redissessionscaler.push.StreamClient;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Function;

/** Connects a gRPC server stream to the {@link io.github.redissessionscaler.push.StreamHub}. */
record OpenStream(ServerCallStreamObserver<IsActiveResponse> observer) implements StreamClient {

    /**
     * Opens the stream. Must be called within the service method, because gRPC accepts handlers of a stream only until that
     * returns. The handlers run after it, one at a time.
     *
     * @param subscribe adds the stream to the hub
     */
    static void open(
            ServerCallStreamObserver<IsActiveResponse> observer, Function<StreamClient, ActivityStream> subscribe) {
        ActivityStream stream = subscribe.apply(new OpenStream(observer));
        observer.setOnReadyHandler(stream::ready);
        observer.setOnCancelHandler(stream::cancel);
        stream.open();
    }

    @Override
    public boolean isReady() {
        return observer.isReady();
    }

    @Override
    public void send(boolean active) {
        observer.onNext(IsActiveResponse.newBuilder().setResult(active).build());
    }

    @Override
    public void end() {
        observer.onCompleted();
    }

    @Override
    public void fail(RuntimeException reason) {
        observer.onError(StatusMapper.toStatus(reason));
    }
}
