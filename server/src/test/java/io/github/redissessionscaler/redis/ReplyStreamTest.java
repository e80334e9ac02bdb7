package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplyStreamTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+OK\r\n",
                ":0\r\n",
                ":-2\r\n",
                ":9223372036854775807\r\n",
                ":-9223372036854775808\r\n",
                "$0\r\n\r\n",
                "$-1\r\n",
                "$5\r\na\r\nb\0\r\n",
                "*0\r\n",
                "*-1\r\n",
                "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n",
                "*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$1\r\nh\r\n:6379\r\n*1\r\n$8\r\nhostname\r\n",
                "-ERR unknown command\r\n"
            })
    void whatRedisSaysPassesAsItIs(String reply) throws IOException {
        for (int chunk : List.of(1, 2, 3, 7, 10_000)) {
            assertThat(passed("PING", reply, chunk)).isEqualTo(reply);
        }
    }

    /** A page passes by whole strings where it can; what passes does not depend on how the bytes arrive. */
    @Test
    void aPageOfKeysOfAllLengthsPassesAsItIs() throws IOException {
        List<String> keys = new ArrayList<>();
        for (int length : List.of(0, 1, 9, 10, 99, 100, 999, 1000, 2047, ReplyStream.LONGEST_STRING)) {
            keys.add("k".repeat(length));
            keys.add("\r\n$1\r\n".repeat(ReplyStream.LONGEST_STRING).substring(0, length));
        }
        for (int i = 0; i < 2_000; i++) {
            keys.add("session:" + i);
        }
        String reply = "*2\r\n$1\r\n0\r\n*" + keys.size() + "\r\n"
                + keys.stream().map(ReplyStreamTest::bulk).collect(joining());

        for (int chunk : List.of(1, 3, 1_000, 100_000)) {
            assertThat(passed("SCAN", reply, chunk)).isEqualTo(reply);
        }
    }

    @Test
    void aBrokenKeyIsRefusedWhereverItIsInAPage() {
        List<String> broken = List.of(
                "$3\r\nabcd\r\n", "$3\r\nabc\rx", "$3\r\nabcx\n", "$3\rxabc\r\n", "$\r\nabc\r\n", "$3x\r\nabc\r\n");
        for (String key : broken) {
            for (int place : List.of(0, 1, 8, 9)) {
                List<String> keys = new ArrayList<>(Collections.nCopies(10, bulk("session")));
                keys.set(place, key);
                for (int chunk : List.of(1, 5, 10_000)) {
                    assertThatExceptionOfType(MalformedReplyException.class)
                            .as("%s at %d, %d bytes at a time", key, place, chunk)
                            .isThrownBy(() -> passed("SCAN", "*10\r\n" + String.join("", keys) + "*0\r\n", chunk));
                }
            }
        }
    }

    @Test
    void aPageOfManyKeysIsRefusedWhenItNeedsTooMuchMemory() {
        String key = bulk("k".repeat(ReplyStream.LONGEST_STRING));
        long fits = Exchange.MOST_MEMORY / ReplyStream.LONGEST_STRING;

        assertThatExceptionOfType(MalformedReplyException.class)
                .isThrownBy(() -> passed("SCAN", "*" + fits + "\r\n" + key.repeat((int) fits), 10_000))
                .withMessageContaining("MiB");
    }

    private static List<String> broken() {
        return List.of(
                ":12abc\r\n",
                ":\r\n",
                ":-\r\n",
                ":-0\r\n",
                "_\r\n",
                ",1.5\r\n",
                "(3492890328409238509324850943850943825024385\r\n",
                "~1\r\n:1\r\n",
                "|1\r\n+ttl\r\n:1\r\n:5\r\n",
                "#t\r\n",
                "=5\r\ntxt:a\r\n",
                "!5\r\nERR a\r\n",
                ":+5\r\n",
                ": 5\r\n",
                ":9223372036854775808\r\n",
                ":-9223372036854775809\r\n",
                ":18446744073709551621\r\n",
                ":1\rx",
                ":111111111111111111111111\r\n",
                "$-2\r\n",
                "$536870913\r\n",
                "$99999999999\r\n",
                "$3\r\nabcd\r\n",
                "$3\r\nabc\rx",
                "*-2\r\n",
                "*100000000\r\n",
                "*2147483648\r\n",
                "*9223372036854775807\r\n",
                "*1\r\n".repeat(100_000),
                "*1\r\n".repeat(ReplyStream.DEEPEST + 1) + ":1\r\n",
                "+" + "x".repeat(ReplyStream.LONGEST_LINE + 1),
                "-\r\n",
                "HTTP/1.1 400 Bad Request\r\n",
                "\u0015\u0003\u0003\u0000\u0002\u0002F",
                ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n",
                "%1\r\n+a\r\n:1\r\n",
                "*2000000\r\n" + "$1\r\nk\r\n".repeat(100));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whatNoRedisSaysIsRefusedBeforeItsEndPasses(String reply) {
        for (int chunk : List.of(1, 5, 10_000)) {
            assertThatExceptionOfType(MalformedReplyException.class).isThrownBy(() -> passed("PING", reply, chunk));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        %1          ; a map of RESP3 ('%1'), in place of a reply of RESP2, in reply to PING
        _           ; a null of RESP3 ('_'), in place of a reply of RESP2, in reply to PING
        ,1.5        ; a floating-point number of RESP3 (',1.5'), in place of a reply of RESP2, in reply to PING
        (12         ; a big number of RESP3 ('(12'), in place of a reply of RESP2, in reply to PING
        ~1          ; a set of RESP3 ('~1'), in place of a reply of RESP2, in reply to PING
        |1          ; an attribute of RESP3 ('|1'), in place of a reply of RESP2, in reply to PING
        :-0         ; the number -0, in reply to PING
        :12abc      ; a number with characters other than digits ('12abc'), in reply to PING
        :9999999999999999999 ; a number of more than 64 bits ('9999999999999999999'), in reply to PING
        *-2         ; a list of a negative length, in place of at least -1, in reply to PING
        SSH-\u001b2.0 ; '''SSH-\\x1b2.0'''
        """)
    void whatCameIsNamed(String reply, String message) {
        assertThatExceptionOfType(MalformedReplyException.class)
                .isThrownBy(() -> passed("PING", reply + "\r\n", 10_000))
                .withMessage(message);
    }

    @Test
    void noBytesAreQuotedOnceAPasswordWasSent() throws IOException {
        for (String reply : List.of("hunter2\r\n", "%hunter2\r\n", ":hunter2\r\n", ":2hunter2hunter2hunter2\r\n")) {
            try (var connection = new Guarded("+OK\r\n" + reply)) {
                connection.ask("AUTH", "default", "2hunter2");
                connection.ask("PING");

                assertThatExceptionOfType(MalformedReplyException.class)
                        .isThrownBy(connection::passed)
                        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("unte"));
            }
        }
    }

    @Test
    void repliesOfTooMuchMemoryAreRefusedAtTheirBeginning() {
        String key = "$2000\r\n" + "k".repeat(2000) + "\r\n";

        assertThatExceptionOfType(MalformedReplyException.class)
                .isThrownBy(() -> passed("SCAN", "*2\r\n$1\r\n0\r\n*3000\r\n" + key.repeat(3000), 8192))
                .withMessageContaining("4 MiB");
    }

    @Test
    void aLongStringPassesCutWithAChecksumOfAllOfIt() throws IOException {
        String one = "session:" + "x".repeat(100_000) + "1";
        String other = "session:" + "x".repeat(100_000) + "2";

        String passed = passed("SCAN", "*2\r\n" + bulk(one) + bulk(other), 1000);

        String beginning = one.substring(0, ReplyStream.LONGEST_STRING - 16);
        assertThat(passed)
                .matches("\\*2\r\n\\$2048\r\n" + beginning + "[0-9a-f]{16}\r\n\\$2048\r\n" + beginning
                        + "[0-9a-f]{16}\r\n");
        assertThat(passed.substring(4, 4 + 2057)).isNotEqualTo(passed.substring(4 + 2057, 4 + 2 * 2057));
        assertThat(passed("SCAN", "*2\r\n" + bulk(one) + bulk(other), 7)).isEqualTo(passed);
    }

    @Test
    void anInfoPassesWholeOrNotAtAll() throws IOException {
        String info = bulk("x".repeat(100_000));

        assertThat(passed("INFO", info, 8192)).isEqualTo(info);
        assertThatExceptionOfType(MalformedReplyException.class)
                .isThrownBy(() -> passed("INFO", bulk("x".repeat(ReplyStream.LONGEST_INFO + 1)), 8192));
    }

    @Test
    void errorsAreEscapedAndCutAndHoldNoPassword() throws IOException {
        try (var connection = new Guarded("+OK\r\n-ERR \u001b[31m you said hunter2 and \u00e9\u0000" + "x".repeat(1000)
                + "\r\n-hunter2\r\n-ERR \"p\\\"w\" hunter\r\n")) {
            connection.ask("AUTH", "default", "hunter2");
            connection.ask("PING");
            connection.ask("PING");
            connection.ask("PING");

            String passed = connection.passed();
            assertThat(passed)
                    .startsWith("+OK\r\n-ERR \\x1b[31m you said *** and \\xe9\\x00xxx")
                    .contains("\r\n-***\r\n-ERR ");
            assertThat(passed.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(600));
        }
    }

    @Test
    void aPasswordIsHiddenAsRedisQuotesIt() throws IOException {
        try (var connection =
                new Guarded("+OK\r\n-ERR unknown command, with args beginning with: \"p\\\"w\\x01\"\r\n")) {
            connection.ask("AUTH", "p\"w\u0001");
            connection.ask("PING");

            assertThat(connection.passed())
                    .isEqualTo("+OK\r\n-ERR unknown command, with args beginning with: \"***\"\r\n");
        }
    }

    @Test
    void namesOfNodesAreEscaped() throws IOException {
        assertThat(passed("SENTINEL", "*2\r\n$5\r\na\n\u001b\u00ffb\r\n$4\r\n6379\r\n", 3))
                .isEqualTo("*2\r\n$14\r\na\\x0a\\x1b\\xffb\r\n$4\r\n6379\r\n");
    }

    @Test
    void messagesMayComeWithTheReplyToASubscription() throws IOException {
        String subscribed = "*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:1\r\n";
        String message = "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$1\r\nm\r\n";

        assertThat(passed("PSUBSCRIBE", subscribed + message.repeat(3), 10_000))
                .isEqualTo(subscribed + message.repeat(3));
    }

    @Test
    void moreRepliesThanCommandsAreRefused() {
        assertThatExceptionOfType(MalformedReplyException.class)
                .isThrownBy(() -> passed("DBSIZE", ":1\r\n:2\r\n", 10_000));
    }

    @Test
    void aReplyThatCameBeforeTheCommandIsRefused() throws IOException {
        try (var connection = new Guarded(new ByteArrayInputStream(":1\r\n".getBytes(ISO_8859_1)))) {
            assertThatExceptionOfType(MalformedReplyException.class).isThrownBy(() -> connection.ask("DBSIZE"));
        }
    }

    @Test
    void aCommandBehindAMissingReplyIsRefused() throws IOException {
        try (var connection = new Guarded(new ChunkedStream(":1\r\n", 10))) {
            connection.ask("DBSIZE");
            connection.ask("DBSIZE");
            assertThat(connection.replies.read(new byte[4])).isEqualTo(4);

            assertThatExceptionOfType(MalformedReplyException.class).isThrownBy(() -> connection.ask("DBSIZE"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+O", "+OK\r", ":", ":7", ":7\r", "$", "$5\r\nab", "$2\r\nab", "*2\r\n:1\r\n", "*1\r\n"})
    void theEndOfTheConnectionWithinAReplyIsAnError(String beginning) {
        for (int chunk : List.of(1, 10_000)) {
            assertThatExceptionOfType(EOFException.class)
                    .isThrownBy(() -> passed("PING", beginning, chunk))
                    .withMessageContaining("in the middle of a reply");
        }
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private static String passed(String command, String reply, int chunk) throws IOException {
        try (var connection = new Guarded(new ChunkedStream(reply, chunk))) {
            connection.ask(command);
            return connection.passed();
        }
    }

    /** A stream that gives so many bytes at a time, and says that it has none before it is read. */
    private static final class ChunkedStream extends ByteArrayInputStream {

        private final int chunk;

        ChunkedStream(String bytes, int chunk) {
            super(bytes.getBytes(ISO_8859_1));
            this.chunk = chunk;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(chunk, length));
        }

        @Override
        public int available() {
            return 0;
        }
    }

    /** Both directions of a connection whose server has said all that it says. */
    private static final class Guarded implements AutoCloseable {

        private final Exchange exchange = new Exchange(new Socket(), LONG);
        private final ReplyStream replies;
        private final RequestStream requests;

        Guarded(InputStream said) {
            replies = new ReplyStream(said, exchange);
            requests = new RequestStream(OutputStream.nullOutputStream(), exchange, replies);
        }

        Guarded(String said) {
            this(new ChunkedStream(said, 10_000));
        }

        void ask(String... words) throws IOException {
            var command = new StringBuilder("*" + words.length + "\r\n");
            for (String word : words) {
                command.append(bulk(word));
            }
            for (byte one : command.toString().getBytes(ISO_8859_1)) {
                requests.write(one);
            }
        }

        String passed() throws IOException {
            var passed = new ByteArrayOutputStream();
            byte[] some = new byte[8192];
            for (int size = replies.read(some); size >= 0; size = replies.read(some)) {
                passed.write(some, 0, size);
            }
            return passed.toString(ISO_8859_1);
        }

        @Override
        public void close() {
            exchange.ended();
        }
    }
}
