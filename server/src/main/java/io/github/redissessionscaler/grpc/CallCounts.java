package io.github.redissessionscaler.grpc;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The number and the memory of one connection's calls in progress, and whether they leave room for another one. Adds them to
 * the sums of all connections. For the connection's network thread; any thread may call {@link #takes}, {@link #gives},
 * {@link #evaluates}, {@link #evaluated} and the accessors.
 */
final class CallCounts {

    private final Connections all;

    /** Calls whose message has not arrived. */
    private int waiting;

    /** Calls whose message has arrived, except open streams and closed calls. */
    private int underWay;

    /** Open streams. */
    private int kept;

    private final AtomicInteger evaluations = new AtomicInteger();

    /** Bytes of the messages of calls in progress. */
    private final AtomicLong bytes = new AtomicLong();

    /** Calls without open streams. */
    private volatile int calls;

    private volatile boolean idle = true;
    private volatile boolean used;
    private boolean closed;
    private int watches;

    CallCounts(Connections all) {
        this.all = all;
    }

    /** Whether there are no calls and no open streams. */
    boolean isIdle() {
        return idle;
    }

    /** Whether a call was ever evaluated. */
    boolean wasUsed() {
        return used;
    }

    boolean hasOpenStreams() {
        return kept > 0;
    }

    /** Estimated memory of calls and messages without open streams, in bytes. */
    long held() {
        return (long) calls * ServerLimits.BYTES_OF_A_CALL + bytes.get();
    }

    void begins() {
        count(1, 0, 0);
    }

    /** The message of a call has arrived. */
    void hasMessage() {
        count(-1, 1, 0);
    }

    /** A call has become an open stream. */
    void keeps() {
        count(0, -1, 1);
    }

    /** @param phase the last one of the call */
    void ends(@Nullable CallPhase phase) {
        switch (phase) {
            case null -> count(-1, 0, 0);
            case KEPT -> count(0, 0, -1);
            case MESSAGE, REQUESTED, UNREAD -> count(0, -1, 0);
        }
    }

    /** The connection has closed; its streams close after it. */
    void close() {
        count(-waiting, -underWay, -kept);
        closed = true;
    }

    /** Changes the counts. Those of a closed connection are 0. */
    private void count(int ofWaiting, int ofUnderWay, int ofKept) {
        if (!closed) {
            waiting += ofWaiting;
            underWay += ofUnderWay;
            kept += ofKept;
            all.waiting.addAndGet(ofWaiting);
            all.callsUnderWay.addAndGet(ofUnderWay);
            all.kept.addAndGet(ofKept);
        }
        calls = waiting + underWay;
        idle = calls == 0 && kept == 0;
    }

    /** Counts a watch of the health service. Returns false if that exceeds the limit. */
    boolean watch() {
        if (watches >= ServerLimits.WATCHES) {
            return false;
        }
        watches++;
        return true;
    }

    void unwatch() {
        watches--;
    }

    /** Why a call that starts is refused, or null. */
    @Nullable
    String refusalOfBeginning() {
        int most = Math.max(ServerLimits.WAITING, ServerLimits.WAITING_AND_STREAMS - all.kept.get());
        return all.waiting.get() > most && waiting > all.fairCalls()
                ? "more than " + most + " calls are waiting for their message"
                : refusalOfMemory(waiting + load());
    }

    /** Why a call whose message has arrived is refused, or null. */
    @Nullable
    String refusal() {
        int total = Math.max(all.callsUnderWay.get(), all.evaluations.get());
        return total > ServerLimits.CALLS && load() > all.fairCalls()
                ? "more than " + ServerLimits.CALLS + " calls are in progress"
                : refusalOfMemory(load());
    }

    private @Nullable String refusalOfMemory(int mine) {
        return switch (all.pressure()) {
            case NORMAL ->
                all.isMemoryUsed() && mine > all.fairCalls()
                        ? "calls, streams and their messages use " + ServerLimits.MEMORY + " bytes"
                        : null;
            case HIGH ->
                mine > Math.min(ServerLimits.FEW_CALLS, all.fairCalls()) ? "the scaler is low on memory" : null;
            case CRITICAL -> "the scaler is out of memory";
        };
    }

    /**
     * Reserves the bytes of a complete message. Returns why it is refused, or null. In either case {@link #gives} must be
     * called when the message is no longer needed.
     */
    @Nullable
    String takes(int message) {
        long mine = bytes.addAndGet(message);
        return all.bytes.addAndGet(message) > ServerLimits.BYTES && mine > ServerLimits.FAIR_BYTES
                ? "the messages of the calls in progress exceed " + ServerLimits.BYTES + " bytes"
                : null;
    }

    void gives(int message) {
        bytes.addAndGet(-message);
        all.bytes.addAndGet(-message);
    }

    /** Evaluation of a call starts. */
    void evaluates() {
        used = true;
        evaluations.incrementAndGet();
        all.evaluations.incrementAndGet();
    }

    /** Evaluation of a call has ended. */
    void evaluated() {
        evaluations.decrementAndGet();
        all.evaluations.decrementAndGet();
    }

    /** Calls in progress whose message has arrived: those that are open, or those that are evaluated if they are more. */
    int load() {
        return Math.max(underWay, evaluations.get());
    }
}
