package io.github.redissessionscaler.testing;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The client's end of a server stream, which writes down what comes. Thread-safe. */
public final class RecordedStream<Q, R, V> implements ClientResponseObserver<Q, R> {

    private final Function<R, V> value;
    private final List<V> values = new CopyOnWriteArrayList<>();
    private volatile @Nullable Status end;
    private volatile @Nullable ClientCallStreamObserver<Q> call;

    public RecordedStream(Function<R, V> value) {
        this.value = value;
    }

    /** What has come so far. */
    public List<V> values() {
        return List.copyOf(values);
    }

    /** How the stream ended, or empty while it is open. */
    public Optional<Status> end() {
        return Optional.ofNullable(end);
    }

    /** Cancels the call, as a client does that goes away. */
    public void cancel() {
        ClientCallStreamObserver<Q> open = call;
        if (open != null) {
            open.cancel("the test has seen enough", null);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requestStream) {
        call = requestStream;
    }

    @Override
    public void onNext(R message) {
        values.add(value.apply(message));
    }

    @Override
    public void onError(Throwable error) {
        end = Status.fromThrowable(error);
    }

    @Override
    public void onCompleted() {
        end = Status.OK;
    }
}
