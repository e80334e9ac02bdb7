package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.exceptions.JedisException;

final class RedisErrorsTest {

    @Test
    void aReplyOfAnotherFormIsTheServersFault() {
        assertThat(List.of(
                        catchThrowableOfType(ClassCastException.class, () -> Replies.count("five")),
                        catchThrowableOfType(
                                NullPointerException.class,
                                () -> Replies.page(List.of("0".getBytes(US_ASCII), Arrays.asList((Object) null)))),
                        catchThrowableOfType(ClassCastException.class, () -> BuilderFactory.LONG.build("five"))))
                .allMatch(RedisErrors::isOfAReply);
    }

    @Test
    void anErrorOfTheScalerIsNot() {
        assertThat(List.of(new ClassCastException(), new NullPointerException(), new IndexOutOfBoundsException()))
                .noneMatch(RedisErrors::isOfAReply);
    }

    /** The pool clears the flag of the thread. */
    @Test
    void anInterruptedWaitForAConnectionIsAnInterruption() {
        var failure = new JedisException("Could not get a resource from the pool", new InterruptedException());

        assertThat(RedisErrors.isInterrupted(failure)).isTrue();
        assertThat(RedisErrors.isInterrupted(new JedisException("Could not get a resource from the pool")))
                .isFalse();
    }
}
