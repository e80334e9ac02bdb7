package io.github.redissessionscaler.grpc;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * How often the scaler reads from a client: less often if it sends faster than it is answered, or if its calls are refused;
 * not at all while it does not read its responses, so that they cannot pile up. For the connection's network thread.
 */
final class ReadPace {

    private final Channel channel;
    private final IntSupplier load;
    private boolean slower;
    private boolean refusedLately;

    /** @param load number of calls in progress */
    ReadPace(Channel channel, IntSupplier load) {
        this.channel = channel;
        this.load = load;
    }

    /** A call has begun. */
    void begun() {
        if (!slower && load.getAsInt() > ServerLimits.CALLS_BEFORE_SLOWER) {
            readSlower();
        }
    }

    /** A call was refused because of a limit. */
    void refused() {
        refusedLately = true;
        if (!slower) {
            readSlower();
        }
    }

    /** Starts or stops reading, as the client reads its responses. */
    void readIfWanted() {
        channel.config().setAutoRead(!slower && channel.isWritable());
    }

    private void readSlower() {
        slower = true;
        readIfWanted();
        scheduleRead();
    }

    private void scheduleRead() {
        var _ = channel.eventLoop().schedule(this::readAgain, ServerLimits.SLOWER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void readAgain() {
        if (!channel.isOpen()) {
            return;
        }
        if (load.getAsInt() > ServerLimits.CALLS_BEFORE_SLOWER / 2 || refusedLately) {
            refusedLately = false;
            if (channel.isWritable()) {
                channel.read();
            }
            scheduleRead();
        } else {
            slower = false;
            readIfWanted();
        }
    }
}
