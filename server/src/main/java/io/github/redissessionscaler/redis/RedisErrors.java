package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Maps failures of Redis and of the client library to {@link KeyspaceException}. Errors are recognised by their first
 * words.
 */
final class RedisErrors {

    private record KnownError(String beginning, Reason reason, String remedy) {}

    private static final String NO_PASSWORD_THERE = "it has no password; remove the password from the configuration";

    private static final List<KnownError> KNOWN = List.of(
            new KnownError("LOADING", Reason.LOADING, "Redis is loading its data; it becomes available by itself"),
            new KnownError("MASTERDOWN", Reason.MASTERDOWN, "the replica has lost its primary"),
            new KnownError("CLUSTERDOWN", Reason.CLUSTERDOWN, "the cluster does not cover all slots"),
            new KnownError("MOVED", Reason.OTHER, "it is part of a cluster; configure the connection as a cluster"),
            new KnownError(
                    "NOAUTH",
                    Reason.NOAUTH,
                    "it requires a password; set REDIS_PASSWORD or REDIS_PASSWORD_FILE, or password or passwordFile of"
                            + " the connection"),
            new KnownError(
                    "WRONGPASS",
                    Reason.WRONGPASS,
                    "the user name or the password is wrong; set the right ones, and note that a space at either end"
                            + " is part of it"),
            new KnownError("NOPERM", Reason.NOPERM, "the user's ACL does not allow it; see docs/counting.md"),
            new KnownError("READONLY", Reason.READONLY, "the server is a replica"),
            new KnownError("OOM", Reason.OUT_OF_MEMORY, "Redis has reached its maxmemory"),
            new KnownError("BUSY", Reason.BUSY, "a script blocks Redis"),
            new KnownError(
                    "ERR An LFU maxmemory policy is selected",
                    Reason.UNSUPPORTED,
                    "its maxmemory-policy is LFU, so it keeps no idle times; add sessionTtl to activeWithin, or use"
                            + " another maxmemory-policy"),
            new KnownError("WRONGTYPE", Reason.WRONGTYPE, "the key holds another type of value"),
            new KnownError("ERR max number of clients", Reason.MAX_CLIENTS, "Redis has reached its maxclients"),
            new KnownError(
                    "ERR This instance has cluster support disabled",
                    Reason.OTHER,
                    "it is not a cluster node; configure it as one server, redis://host:port"),
            new KnownError(
                    "ERR unknown command 'SENTINEL'",
                    Reason.OTHER,
                    "it is not a Sentinel; give the address of the sentinels, by default port 26379, or that of Redis"
                            + " itself as redis://host:port"),
            new KnownError("ERR invalid password", Reason.WRONGPASS, "Redis refuses the password"),
            new KnownError(
                    "ERR AUTH <password> called without any password configured", Reason.WRONGPASS, NO_PASSWORD_THERE),
            new KnownError("ERR Client sent AUTH, but no password is set", Reason.WRONGPASS, NO_PASSWORD_THERE),
            new KnownError(
                    "ERR wrong number of arguments for 'auth' command",
                    Reason.WRONGPASS,
                    "it has no users; remove the user name"),
            new KnownError(
                    "DENIED", Reason.NOAUTH, "it is in protected mode; set a password on it, or protected-mode no"));

    private static final Pattern REFUSED_COMMAND = Pattern.compile("^NOPERM .* the '([a-z|]+)' command");

    private static final Pattern UNKNOWN_COMMAND = Pattern.compile("(?i)^ERR unknown command ['`](?!INFO)");

    private static final Pattern HOST_AND_PORT = Pattern.compile(":\\d+$");

    private static final Pattern ARGUMENTS = Pattern.compile(",? with args beginning with");

    private static final String USE_TLS = "use rediss:// in the URL, or tls: {} in the configuration file";
    private static final String IF_TLS = "if it expects TLS, " + USE_TLS;

    private RedisErrors() {}

    /** The first words by which an error is recognised; empty if it is unknown. */
    static String knownBeginning(String error) {
        return KNOWN.stream()
                .map(KnownError::beginning)
                .filter(error::startsWith)
                .findFirst()
                .orElse("");
    }

    /** Explains why the read failed. The message names the node and contains no secret. */
    static KeyspaceException explain(String node, RuntimeException failure) {
        if (failure instanceof KeyspaceException known) {
            return known;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case KeyspaceException known -> {
                    return known;
                }
                case SocketTimeoutException e -> {
                    return failed(
                            Reason.TIMEOUT,
                            node,
                            "did not answer in time; if this persists, check host and port, and whether it expects TLS",
                            failure);
                }
                case MalformedReplyException e -> {
                    return malformed(node, e, failure);
                }
                case UnknownHostException e -> {
                    return failed(
                            Reason.DNS,
                            node,
                            "has a host name that does not resolve; check it, and whether it needs a domain",
                            failure);
                }
                case SSLException e -> {
                    return failed(Reason.TLS, node, "failed the TLS handshake: " + TlsWords.of(e), failure);
                }
                case NoSuchElementException e -> {
                    return failed(Reason.TIMEOUT, node, "had no free connection in time", failure);
                }
                case UnexpectedReplyException e -> {
                    return failed(Reason.OTHER, node, "sent a malformed reply: " + e.getMessage(), failure);
                }
                case ClassCastException e -> {
                    return malformed(node, failure);
                }
                case IndexOutOfBoundsException e -> {
                    return malformed(node, failure);
                }
                case NullPointerException e -> {
                    return malformed(node, failure);
                }
                case IllegalArgumentException e -> {
                    return malformed(node, failure);
                }
                default -> {
                    String message = String.valueOf(cause.getMessage());
                    for (KnownError known : KNOWN) {
                        if (message.startsWith(known.beginning)) {
                            return failed(
                                    known.reason,
                                    node,
                                    "says " + firstWord(known.beginning) + ": " + known.remedy + refused(message),
                                    failure);
                        }
                    }
                    if (message.toLowerCase(Locale.ROOT).contains("failed to resolve")) {
                        return failed(
                                Reason.DNS,
                                node,
                                "has a host name that does not resolve; check it, and whether it needs a domain",
                                failure);
                    }
                }
            }
        }
        return isConnectionLost(failure)
                ? unreachable(node, failure)
                : failed(Reason.OTHER, node, "says: " + withoutArguments(failure), failure);
    }

    /** The peer is not Redis, or it expects another protocol. */
    private static KeyspaceException malformed(String node, MalformedReplyException reply, RuntimeException failure) {
        return switch (reply.peer()) {
            case TLS -> failed(Reason.TLS, node, "expects TLS; " + USE_TLS, failure);
            case OTHER ->
                failed(
                        Reason.UNREACHABLE,
                        node,
                        "did not send a Redis reply; give the address of a Redis server, not of a web" + " server; "
                                + IF_TLS + "; its data begins with " + reply.getMessage(),
                        failure);
            case REDIS -> failed(Reason.OTHER, node, "sent a malformed reply: " + reply.getMessage(), failure);
        };
    }

    /** A peer that closes the connection may not be Redis, or expects another protocol. */
    private static KeyspaceException unreachable(String node, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException) {
                return failed(
                        Reason.UNREACHABLE,
                        node,
                        "closed the connection in the middle of a reply; it may have stopped, or a proxy in between"
                                + " has a short timeout",
                        failure);
            }
            String message = String.valueOf(cause.getMessage());
            if (message.contains("end of stream")
                    || message.contains("closed the connection")
                    || message.contains("Connection reset")
                    || message.contains("Broken pipe")) {
                return failed(
                        Reason.UNREACHABLE,
                        node,
                        "closed the connection without a reply; " + IF_TLS
                                + "; if it is a proxy, it may not know the command",
                        failure);
            }
        }
        boolean socket = !HOST_AND_PORT.matcher(node).find();
        return failed(
                Reason.UNREACHABLE,
                node,
                "cannot be reached" + connecting(failure, socket)
                        + (socket ? "; check the path of the socket" : "; check host and port"),
                failure);
    }

    /** Why connecting failed, if one of the tried addresses has a reason. */
    private static String connecting(RuntimeException failure, boolean socket) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            for (Throwable tried : cause.getSuppressed()) {
                if (tried instanceof IOException refused) {
                    return ": " + Causes.describe(refused);
                }
            }
            if (cause instanceof ConnectException || (socket && cause instanceof SocketException)) {
                return ": " + Causes.describe(cause);
            }
        }
        return "";
    }

    /** Whether the server lacks a command that every Redis has. INFO does not count: some proxies lack it. */
    static boolean isUnknownCommand(RuntimeException failure) {
        return failure instanceof JedisDataException
                && UNKNOWN_COMMAND.matcher(String.valueOf(failure.getMessage())).find();
    }

    static boolean isWrongType(JedisDataException error) {
        return String.valueOf(error.getMessage()).startsWith("WRONGTYPE");
    }

    /** Whether the command is unavailable: no permission, or a general error. */
    static boolean isRefused(KeyspaceException failure) {
        if (failure.reason() == Reason.NOPERM) {
            return true;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JedisDataException error && failure.reason() == Reason.OTHER) {
                return String.valueOf(error.getMessage()).startsWith("ERR ");
            }
        }
        return false;
    }

    /** The server is a Sentinel, which has no data. */
    static KeyspaceException isSentinel(String node, String master, RuntimeException failure) {
        return failed(
                Reason.UNREACHABLE,
                node,
                "is a Sentinel, not a Redis server; configure redis-sentinel://%s/0#%s in place of its address"
                        .formatted(node, master),
                failure);
    }

    /** Omits the message of the exception, which may quote the reply. */
    private static KeyspaceException malformed(String node, RuntimeException failure) {
        return failed(Reason.OTHER, node, "sent a malformed reply", failure);
    }

    /** The error without the arguments of the command, one of which may be a password. */
    private static String withoutArguments(RuntimeException failure) {
        return shown(ARGUMENTS.split(String.valueOf(failure.getMessage()), 2)[0]);
    }

    /** Makes a text printable; errors of Redis already are. */
    private static String shown(@Nullable String text) {
        return ShownText.line(String.valueOf(text).getBytes(UTF_8), HiddenSecret.NONE);
    }

    /**
     * Whether a malformed reply is the cause: the exception was thrown while the client library or {@link Replies}
     * converted one. Otherwise it is an internal error.
     */
    static boolean isOfAReply(RuntimeException failure) {
        return Arrays.stream(failure.getStackTrace())
                .map(StackTraceElement::getClassName)
                .filter(thrower -> !thrower.startsWith("java.") && !thrower.startsWith("jdk."))
                .findFirst()
                .filter(thrower -> thrower.startsWith("redis.clients.") || thrower.startsWith(Replies.class.getName()))
                .isPresent();
    }

    /** Whether the connection failed, not the command. */
    static boolean isConnectionLost(RuntimeException failure) {
        return failure instanceof JedisConnectionException;
    }

    /** Whether the thread was interrupted, which closes the socket that it reads from: the caller no longer waits. */
    static boolean isInterrupted(RuntimeException failure) {
        if (Thread.currentThread().isInterrupted()) {
            return true;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException
                    || (cause instanceof SocketException
                            && String.valueOf(cause.getMessage()).contains("interrupt"))) {
                return true;
            }
        }
        return false;
    }

    /** The failure of a read whose thread was interrupted, which it remains. */
    static KeyspaceException interrupted(Exception cause) {
        Thread.currentThread().interrupt();
        return new KeyspaceException(Reason.TIMEOUT, "the caller no longer waits", cause);
    }

    /** Whether a pooled connection was already closed, as after a restart of the server, so that a new one may work. */
    static boolean isStale(RuntimeException failure) {
        if (!isConnectionLost(failure)) {
            return false;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException || cause instanceof MalformedReplyException) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the server had closed the connection before it replied. It closes unused connections after its timeout, and
     * when it stops; the client notices at the next command.
     */
    static boolean isClosedBeforeReply(RuntimeException failure) {
        if (!isStale(failure)) {
            return false;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException) {
                return false;
            }
        }
        return true;
    }

    /** The malformed reply that ended the connection, in words; empty if it ended for another reason. */
    static Optional<String> malformedReply(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MalformedReplyException malformed) {
                return Optional.of(String.valueOf(malformed.getMessage()));
            }
        }
        return Optional.empty();
    }

    /** The missing ACL rule, if the message names it. */
    private static String refused(String message) {
        Matcher command = REFUSED_COMMAND.matcher(message);
        if (command.find()) {
            return "; it lacks +" + command.group(1);
        }
        return message.contains("access one of the keys") ? "; it lacks a rule for the key" : "";
    }

    private static String firstWord(String message) {
        return message.split(" ", 2)[0];
    }

    private static KeyspaceException failed(Reason reason, String node, String what, RuntimeException cause) {
        return new KeyspaceException(reason, "Redis at " + node + " " + what, cause);
    }
}
