package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.ScanPage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts replies to the types of the keyspace port. A malformed reply throws any exception; {@link RedisErrors} maps it.
 */
final class Replies {

    private static final Pattern KEYS = Pattern.compile("(?:^|,)keys=([^,]*)");
    private static final Pattern EXPIRES = Pattern.compile("(?:^|,)expires=([^,]*)");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,15}");

    private static final Pattern CURSOR = Pattern.compile("[0-9]{1,20}");

    /** Number of slots of a cluster. */
    static final int SLOTS = 16_384;

    /** The reply of PTTL for a missing key. */
    static final long NO_SUCH_KEY = -2;

    /** In place of the idle time of a missing key. */
    static final long NOT_IDLE = -1;

    /** The year 5138: a larger number is in milliseconds. */
    private static final long LAST_SECOND = 100_000_000_000L;

    private Replies() {}

    /** A number of keys or elements. */
    static long count(Object reply) {
        long count = (Long) reply;
        require(count >= 0 && count <= Keyspace.MOST);
        return count;
    }

    /** PTTL. */
    static long millisToLive(@Nullable Object reply) {
        long millis = (Long) requireNonNull(reply);
        require(millis >= NO_SUCH_KEY);
        return millis;
    }

    /** HEXISTS. */
    static boolean isTrue(@Nullable Object reply) {
        long one = (Long) requireNonNull(reply);
        require(one == 0 || one == 1);
        return one == 1;
    }

    /** The first slot of a range, from the fields of the range in CLUSTER SLOTS. */
    static int firstSlot(List<?> range) {
        long first = (Long) requireNonNull(range.get(0));
        long last = (Long) requireNonNull(range.get(1));
        require(first >= 0 && first <= last && last < SLOTS);
        return (int) first;
    }

    /** Number of slots of a range of CLUSTER SLOTS. */
    static int slots(List<?> range) {
        long last = (Long) requireNonNull(range.get(1));
        return (int) last - firstSlot(range) + 1;
    }

    /** OBJECT IDLETIME; nil for a missing key. */
    static long idleSeconds(@Nullable Object reply) {
        if (reply == null) {
            return NOT_IDLE;
        }
        long seconds = (Long) reply;
        require(seconds >= 0);
        return seconds;
    }

    /** SCAN. */
    static ScanPage page(@Nullable Object reply) {
        List<?> parts = (List<?>) requireNonNull(reply);
        require(parts.size() == 2);
        String cursor = new String((byte[]) parts.getFirst(), US_ASCII);
        require(CURSOR.matcher(cursor).matches());
        List<?> elements = (List<?>) parts.getLast();
        List<byte[]> keys = new ArrayList<>(elements.size());
        for (Object element : elements) {
            keys.add(key(element));
        }
        return new ScanPage(cursor, keys);
    }

    /** The target of MOVED and ASK. */
    static Node node(String host, int port) {
        require(Node.isPort(port));
        return new Node(host, port);
    }

    /** INFO. */
    static String text(@Nullable String reply) {
        return requireNonNull(reply);
    }

    private static byte[] key(@Nullable Object element) {
        return (byte[]) requireNonNull(element);
    }

    /** TIME: seconds since 1970, then microseconds. */
    static Instant time(List<String> time) {
        require(time.size() == 2);
        long seconds = Long.parseLong(time.getFirst());
        long micros = Long.parseLong(time.getLast());
        require(seconds >= 0 && seconds <= LAST_SECOND && micros >= 0 && micros < 1_000_000);
        return Instant.ofEpochSecond(seconds, 1_000 * micros);
    }

    /**
     * {@code expires} of the database in the reply to INFO keyspace; 0 for a database without keys, which has no line;
     * empty if the reply lacks it.
     */
    static OptionalLong expiringKeys(String info, int database) {
        if (!info.contains("# Keyspace")) {
            return OptionalLong.empty();
        }
        String beginning = "db" + database + ":";
        for (String line : info.lines().toList()) {
            if (line.startsWith(beginning)) {
                OptionalLong expires = number(EXPIRES, line.substring(beginning.length()));
                OptionalLong keys = number(KEYS, line.substring(beginning.length()));
                require(expires.isEmpty() || keys.isEmpty() || expires.getAsLong() <= keys.getAsLong());
                return expires;
            }
        }
        return OptionalLong.of(0);
    }

    private static OptionalLong number(Pattern name, String line) {
        Matcher matcher = name.matcher(line);
        if (!matcher.find()) {
            return OptionalLong.empty();
        }
        require(DIGITS.matcher(matcher.group(1)).matches());
        return OptionalLong.of(count(Long.parseLong(matcher.group(1))));
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException("malformed reply");
        }
    }
}
