package io.github.redissessionscaler.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A well-formed reply that does not fit its command. The message names both types, and no content. */
final class UnexpectedReplyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param reply as the client library returns it: bytes, a number, a list, or null for nil
     * @param command in upper case
     */
    UnexpectedReplyException(@Nullable Object reply, String command, RuntimeException cause) {
        super(describe(reply) + " in reply to " + command + ", in place of " + expected(command), cause);
    }

    /** A reply whose content does not fit. */
    UnexpectedReplyException(String what, RuntimeException cause) {
        super(what, cause);
    }

    private static String describe(@Nullable Object reply) {
        return switch (reply) {
            case null -> "nil";
            case Long number -> "the number " + number;
            case byte[] bytes -> "a string of " + bytes.length + " bytes";
            case List<?> list -> "a list of " + list.size() + " elements";
            default -> "another reply";
        };
    }

    private static String expected(String command) {
        return switch (command) {
            case "DBSIZE", "LLEN", "SCARD", "ZCARD", "HLEN", "XLEN", "PFCOUNT", "ZCOUNT", "STRLEN" ->
                "a number from 0 to 1,000,000,000,000";
            case "PTTL" -> "a number of at least -2";
            case "HEXISTS" -> "0 or 1";
            case "OBJECT" -> "a number of at least 0, or nil";
            case "TYPE" -> "the name of a type";
            case "GET", "RANDOMKEY" -> "a string or nil";
            case "TIME" -> "a list of seconds and microseconds";
            case "SCAN" -> "a list of a cursor and a list of keys";
            case "INFO" -> "a text";
            case "CLUSTER" -> "a list of slot ranges with their nodes";
            case "SENTINEL" -> "a list of texts";
            default -> "a reply that fits";
        };
    }
}
