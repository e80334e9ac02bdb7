package io.github.redissessionscaler.grpc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of the incomplete messages of one connection. Usually a message arrives complete. For the connection's network
 * thread; any thread may call {@link #bytes}.
 */
final class IncompleteMessages {

    /** Bytes by stream, oldest first. */
    private final Map<Integer, Integer> parts = new LinkedHashMap<>();

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong bytesOfAll;

    /** @param bytesOfAll the sum of all connections */
    IncompleteMessages(AtomicLong bytesOfAll) {
        this.bytesOfAll = bytesOfAll;
    }

    void add(int stream, int read) {
        var _ = parts.merge(stream, read, Integer::sum);
        bytes.addAndGet(read);
        bytesOfAll.addAndGet(read);
    }

    void forget(int stream) {
        Integer part = parts.remove(stream);
        if (part != null) {
            bytes.addAndGet(-part);
            bytesOfAll.addAndGet(-part);
        }
    }

    /** The stream of the oldest message, if the messages exceed a limit. */
    OptionalInt excess() {
        long mine = bytes.get();
        return mine > ServerLimits.BYTES_OF_PARTS
                        || (bytesOfAll.get() > ServerLimits.BYTES && mine > ServerLimits.FAIR_BYTES)
                ? OptionalInt.of(parts.keySet().iterator().next())
                : OptionalInt.empty();
    }

    long bytes() {
        return bytes.get();
    }
}
