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

    private static final int NO_LIMIT = -1;

    private final Function<R, V> value;
    private final int first;
    private final List<V> values = new CopyOnWriteArrayList<>();
    private volatile @Nullable Status end;
    private volatile @Nullable ClientCallStreamObserver<Q> call;

    public RecordedStream(Function<R, V> value) {
        this(value, NO_LIMIT);
    }

    private RecordedStream(Function<R, V> value, int first) {
        this.value = value;
        this.first = first;
    }

    /** A client that takes this many messages, and then no more until {@link #read}. */
    public static <Q, R, V> RecordedStream<Q, R, V> reading(Function<R, V> value, int first) {
        return new RecordedStream<>(value, first);
    }

    /** Takes this many messages more. */
    public void read(int messages) {
        ClientCallStreamObserver<Q> open = call;
        if (open != null) {
            open.request(messages);
        }
    }

    /** What has come so far. */
    public List<V> values() {
        return List.copyOf(values);
    }

    /** How the stream ended, or empty while it is open. */
    public Optional<Status> end() {
        return Optional.ofNullable(end);
    }

    /** Cancels the call, as a client that disconnects. */
    public void cancel() {
        ClientCallStreamObserver<Q> open = call;
        if (open != null) {
            open.cancel("the test has seen enough", null);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requestStream) {
        call = requestStream;
        if (first != NO_LIMIT) {
            requestStream.disableAutoRequestWithInitial(first);
        }
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
