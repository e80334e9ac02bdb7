package io.github.redissessionscaler.grpc;

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

/** The sweep of the calls of a connection runs by the clock, also after an error that nobody expects. */
final class ConnectionSweepTest {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
    private static final String TASK = "sweep of a connection";

    private final Telemetry telemetry = new Telemetry(InstantSource.system(), ANSWER_TIMEOUT);
    private final Connections all = new Connections(ANSWER_TIMEOUT, telemetry, _ -> {});
    private final FailingChannel channel = new FailingChannel();
    private final Connection connection = new Connection(channel, all);
    private final Http2ConnectionHandler http2 = new Http2ConnectionHandlerBuilder()
            .server(true)
            .frameListener(new Http2FrameAdapter())
            .build();

    @BeforeEach
    void start() {
        channel.freezeTime();
        channel.pipeline().addLast(http2);
        connection.http2Started(http2);
    }

    @AfterEach
    void stop() {
        channel.failures = 0;
        channel.finishAndReleaseAll();
        telemetry.close();
    }

    @Test
    void aCallThatNobodyAnswersIsCancelledAtTheSecondSweep() throws Http2Exception {
        Http2Stream call = begin(1);
        assertThat(all.waiting).hasValue(1);

        pass(all.sweptAfter.minusMillis(1));
        pass(Duration.ofMillis(1));
        assertThat(call.state()).isNotEqualTo(Http2Stream.State.CLOSED);

        pass(all.sweptAfter);
        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
        assertThat(all.waiting).hasValue(0);
    }

    @Test
    void sweepsGoOnAfterErrors() throws Http2Exception {
        long errors = errors();
        channel.failures = 3;

        for (int i = 1; i <= 3; i++) {
            pass(all.sweptAfter);
            assertThat(errors()).isEqualTo(errors + i);
        }
        Http2Stream call = begin(1);
        pass(all.sweptAfter);
        pass(all.sweptAfter);

        assertThat(call.state()).isEqualTo(Http2Stream.State.CLOSED);
        assertThat(all.waiting).hasValue(0);
        assertThat(errors()).isEqualTo(errors + 3);
    }

    @Test
    void aClosedConnectionLeavesNoCallsAndNoSweepBehind() throws Http2Exception {
        Http2Stream _ = begin(1);
        connection.hasMessage(begin(3));
        Http2Stream stream = begin(5);
        connection.hasMessage(stream);
        connection.keep(stream);
        assertThat(all.waiting).hasValue(1);
        assertThat(all.callsUnderWay).hasValue(1);
        assertThat(all.kept).hasValue(1);
        long errors = errors();

        // as after a reset: a graceful end would wait for the calls
        channel.unsafe().close(channel.newPromise());
        channel.runPendingTasks();
        channel.failures = 1;
        pass(all.sweptAfter.multipliedBy(3));

        assertThat(all.waiting).hasValue(0);
        assertThat(all.callsUnderWay).hasValue(0);
        assertThat(all.kept).hasValue(0);
        assertThat(errors()).isEqualTo(errors);
    }

    private Http2Stream begin(int id) throws Http2Exception {
        return http2.connection().remote().createStream(id, false);
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
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
