package io.github.redissessionscaler.grpc;

import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.Consumer;

/**
 * Finds the calls of one connection whose client lets the scaler wait. A call is found at the second sweep that it waits at:
 * for its message, for the end of its request, or for its response to be read. For the connection's network thread.
 */
final class CallSweep {

    private final CallStreams streams;
    private final Consumer<Http2Stream> breakOff;
    private int newestAtSweep;

    /** Time that the client let the scaler wait since the last sweep, in ticks. */
    private int waited;

    /** Whether the last read since the last tick left something unread. */
    private boolean behind;

    /** Bytes read since the last tick that counted. */
    private long bytesRead;

    /** @param breakOff cancels a call that was found */
    CallSweep(CallStreams streams, Consumer<Http2Stream> breakOff) {
        this.streams = streams;
        this.breakOff = breakOff;
    }

    /**
     * The network thread has read from the connection.
     *
     * @param more whether there may be more to read: the read has filled its buffer
     */
    void hasRead(int read, boolean more) {
        bytesRead += Math.max(0, read);
        behind = more;
    }

    /**
     * Counts the time that the client lets the scaler wait; called {@link ServerLimits#TICKS_OF_A_SWEEP} times in the time after
     * which calls are swept. If something is unread, it may be what a call waits for, so the scaler lets the client wait; unless
     * much was read after that call.
     */
    void tick() {
        if (!behind || bytesRead >= ServerLimits.BYTES_OF_A_TICK) {
            waited++;
            bytesRead = 0;
        }
        behind = false;
        if (waited == ServerLimits.TICKS_OF_A_SWEEP) {
            waited = 0;
            sweep();
        }
    }

    /** Cancels calls for whose client the scaler has waited since the last sweep. */
    private void sweep() {
        int before = newestAtSweep;
        newestAtSweep = streams.newestId();
        streams.active(stream -> letsWait(stream, before)).forEach(breakOff);
        streams.active(stream -> streams.phase(stream) == CallPhase.REQUESTED && stream.isHeadersSent())
                .forEach(stream -> streams.become(CallPhase.UNREAD, stream));
        streams.flush();
    }

    private boolean letsWait(Http2Stream stream, int newest) {
        return switch (streams.phase(stream)) {
            case null -> stream.id() <= newest;
            case MESSAGE -> stream.id() <= newest;
            case UNREAD -> true;
            case REQUESTED, KEPT -> false;
        };
    }
}
