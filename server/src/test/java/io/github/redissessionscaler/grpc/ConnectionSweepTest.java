package io.github.redissessionscaler.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Calls are cancelled whose client lets the scaler wait, and no others. The sweep goes on after an error that nobody expects.
 */
final class ConnectionSweepTest {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
    private static final int SWEEP = ServerLimits.TICKS_OF_A_SWEEP;
    private static final int STREAMS = 8_000;
    private static final String TASK = "sweep of a connection";

    private final Telemetry telemetry = new Telemetry(InstantSource.system(), ANSWER_TIMEOUT);
    private final Connections all = new Connections(ANSWER_TIMEOUT, telemetry, _ -> {});
    private final FailingChannel channel = new FailingChannel();
    private final Connection connection = new Connection(channel, all);
    private ConnectionCalls calls;
    private final Http2ConnectionHandler http2 = new Http2ConnectionHandlerBuilder()
            .server(true)
            .frameListener(new Http2FrameAdapter())
            .build();

    @BeforeEach
    void start() {
        channel.freezeTime();
        channel.pipeline().addLast(http2);
        http2.connection().remote().maxActiveStreams(STREAMS);
        connection.http2Started(http2);
        calls = requireNonNull(connection.calls());
    }

    @AfterEach
    void stop() {
        channel.failures = 0;
        channel.finishAndReleaseAll();
        telemetry.close();
    }

    @Test
    void aCallWithoutAMessageIsCancelledAtTheSecondSweep() throws Http2Exception {
        Http2Stream call = begin(1);
        assertThat(all.waiting).hasValue(1);

        passTicks(SWEEP);
        passTicks(SWEEP - 1);
        assertThat(call.state()).isNotEqualTo(Http2Stream.State.CLOSED);

        passTicks(1);
        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
        assertThat(all.waiting).hasValue(0);
    }

    @Test
    void aCallWhoseRequestDoesNotEndIsCancelled() throws Http2Exception {
        Http2Stream call = begin(1);
        calls.hasMessage(call);

        passTicks(2 * SWEEP);

        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
        assertThat(all.callsUnderWay).hasValue(0);
    }

    @Test
    void aBurstIsNotSweptWhileTheScalerHasNotReadAllOfIt() throws Http2Exception {
        for (int i = 0; i < STREAMS; i++) {
            Http2Stream _ = begin(1 + 2 * i);
        }
        for (int i = 0; i < 100 * SWEEP; i++) {
            calls.hasRead(10, true);
            passTicks(1);
        }
        assertThat(all.waiting).hasValue(STREAMS);

        calls.hasRead(10, false);
        passTicks(SWEEP);
        assertThat(all.waiting).hasValue(STREAMS);
        passTicks(SWEEP);
        assertThat(all.waiting).hasValue(0);
    }

    @Test
    void aCallWithoutAMessageIsCancelledWhenMuchElseWasReadFromItsClient() throws Http2Exception {
        Http2Stream call = begin(1);

        for (int i = 0; i < 2 * SWEEP; i++) {
            calls.hasRead(ServerLimits.BYTES_OF_A_TICK - 1, true);
            calls.hasRead(1, true);
            passTicks(1);
        }

        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
    }

    @Test
    void aCallIsNotCancelledWhileTheScalerHasNotAnsweredIt() throws Http2Exception {
        Http2Stream call = begin(1);
        calls.hasMessage(call);
        calls.requested(call);

        passTicks(100 * SWEEP);
        assertThat(call.state()).isNotEqualTo(Http2Stream.State.CLOSED);
        assertThat(all.callsUnderWay).hasValue(1);
    }

    @Test
    void aCallWhoseAnswerIsNotReadIsCancelledAtTheSecondSweepAfterTheAnswer() throws Http2Exception {
        Http2Stream call = begin(1);
        calls.hasMessage(call);
        calls.requested(call);
        passTicks(100 * SWEEP - 1);

        call.headersSent(false);
        passTicks(1);
        passTicks(SWEEP - 1);
        assertThat(call.state()).isNotEqualTo(Http2Stream.State.CLOSED);

        passTicks(1);
        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
        assertThat(all.callsUnderWay).hasValue(0);
    }

    @Test
    void anOpenStreamIsNeverSwept() throws Http2Exception {
        Http2Stream stream = begin(1);
        calls.hasMessage(stream);
        calls.requested(stream);
        calls.keep(stream);
        stream.headersSent(false);

        passTicks(100 * SWEEP);

        assertThat(stream.state()).isNotEqualTo(Http2Stream.State.CLOSED);
        assertThat(all.kept).hasValue(1);
    }

    @Test
    void aFullBufferIsNoReasonForeverToTakeTheScalerForBehind() throws Http2Exception {
        Http2Stream call = begin(1);
        calls.hasRead(64, true);

        passTicks(1 + 2 * SWEEP);

        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
    }

    @Test
    void whatTheChannelReadsIsKnown() throws Http2Exception {
        Http2Stream call = begin(1);
        var handle = channel.unsafe().recvBufAllocHandle();

        for (int i = 0; i < 4 * SWEEP; i++) {
            handle.attemptedBytesRead(64);
            handle.lastBytesRead(64);
            channel.pipeline().fireChannelReadComplete();
            passTicks(1);
        }
        assertThat(call.state()).isNotEqualTo(Http2Stream.State.CLOSED);

        for (int i = 0; i < 2 * SWEEP; i++) {
            handle.attemptedBytesRead(64);
            handle.lastBytesRead(63);
            channel.pipeline().fireChannelReadComplete();
            passTicks(1);
        }
        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
    }

    @Test
    void sweepsGoOnAfterErrors() throws Http2Exception {
        long errors = errors();
        channel.failures = 3;

        for (int i = 1; i <= 3; i++) {
            passTicks(SWEEP);
            assertThat(errors()).isEqualTo(errors + i);
        }
        Http2Stream call = begin(1);
        passTicks(2 * SWEEP);

        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
        assertThat(all.waiting).hasValue(0);
        assertThat(errors()).isEqualTo(errors + 3);
    }

    @Test
    void aClosedConnectionLeavesNoCallsAndNoSweepBehind() throws Http2Exception {
        Http2Stream _ = begin(1);
        calls.hasMessage(begin(3));
        Http2Stream stream = begin(5);
        calls.hasMessage(stream);
        calls.keep(stream);
        assertThat(all.waiting).hasValue(1);
        assertThat(all.callsUnderWay).hasValue(1);
        assertThat(all.kept).hasValue(1);
        long errors = errors();

        // as after a reset: a graceful end would wait for the calls
        channel.unsafe().close(channel.newPromise());
        channel.runPendingTasks();
        channel.failures = 1;
        passTicks(3 * SWEEP);

        assertThat(all.waiting).hasValue(0);
        assertThat(all.callsUnderWay).hasValue(0);
        assertThat(all.kept).hasValue(0);
        assertThat(errors()).isEqualTo(errors);
    }

    private Http2Stream begin(int id) throws Http2Exception {
        return http2.connection().remote().createStream(id, false);
    }

    private void passTicks(int ticks) {
        for (int i = 0; i < ticks; i++) {
            channel.advanceTimeBy(all.sweptAfter.toMillis() / SWEEP, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
            channel.runPendingTasks();
        }
    }

    private static long errors() {
        return InternalErrors.counts().getOrDefault(TASK, 0L);
    }

    /** A channel that throws an error some times, where nobody expects one. */
    private static final class FailingChannel extends EmbeddedChannel {

        private int failures;

        @Override
        public Channel flush() {
            if (failures > 0) {
                failures--;
                throw new StackOverflowError();
            }
            return super.flush();
        }
    }
}
