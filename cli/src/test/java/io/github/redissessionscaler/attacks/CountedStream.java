package io.github.redissessionscaler.attacks;

import io.github.redissessionscaler.proto.IsActiveResponse;
import io.grpc.stub.StreamObserver;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/** The client's side of one stream: counts the messages, and keeps the failure. */
record CountedStream(AtomicInteger answered, Queue<Throwable> failures) implements StreamObserver<IsActiveResponse> {

    @Override
    public void onNext(IsActiveResponse response) {
        answered.incrementAndGet();
    }

    @Override
    public void onError(Throwable error) {
        failures.add(error);
    }

    @Override
    public void onCompleted() {
        // the test ends first
    }
}
