package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Finds out why Redis did not give an answer. The errors' first words are those that redis-server sends. */
final class RedisErrors {

    private record KnownError(String beginning, Reason reason, String remedy) {}

    private static final List<KnownError> KNOWN = List.of(
            new KnownError("LOADING", Reason.LOADING, "Redis is loading its data and will answer by itself"),
            new KnownError("MASTERDOWN", Reason.MASTERDOWN, "the replica has lost its primary"),
            new KnownError("CLUSTERDOWN", Reason.CLUSTERDOWN, "the cluster does not cover all slots"),
            new KnownError("MOVED", Reason.OTHER, "it is part of a cluster; configure the connection as one"),
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
            new KnownError(
                    "NOPERM", Reason.NOPERM, "the user's ACL does not allow it; docs/counting.md says what it must"),
            new KnownError("READONLY", Reason.READONLY, "the server is a replica"),
            new KnownError("OOM", Reason.OUT_OF_MEMORY, "Redis has reached its maxmemory"),
            new KnownError("BUSY", Reason.BUSY, "a script blocks Redis"),
            new KnownError("WRONGTYPE", Reason.WRONGTYPE, "the key holds another type of value"),
            new KnownError("ERR max number of clients", Reason.MAX_CLIENTS, "Redis has reached its maxclients"),
            new KnownError(
                    "ERR This instance has cluster support disabled",
                    Reason.OTHER,
                    "it is no node of a Redis Cluster; give it as one server, redis://host:port"),
            new KnownError(
                    "ERR unknown command 'SENTINEL'",
                    Reason.OTHER,
                    "it is no Sentinel; give the address of the sentinels, by default port 26379, or that of Redis"
                            + " itself as redis://host:port"),
            new KnownError("ERR invalid password", Reason.WRONGPASS, "Redis refuses the password"));

    private static final Pattern REFUSED_COMMAND = Pattern.compile("^NOPERM .* the '([a-z|]+)' command");

    private static final Pattern UNKNOWN_COMMAND = Pattern.compile("(?i)^ERR unknown command ['`](?!INFO)");

    private static final Pattern ARGUMENTS = Pattern.compile(",? with args beginning with");

    private static final String USE_TLS = "use rediss:// in the URL, or tls: {} in the configuration file";
    private static final String IF_TLS = "if it expects TLS, " + USE_TLS;

    private RedisErrors() {}

    /** The words at the beginning of an error by which it is recognised; empty if it is none of those that are known. */
    static String knownBeginning(String error) {
        return KNOWN.stream()
                .map(KnownError::beginning)
                .filter(error::startsWith)
                .findFirst()
                .orElse("");
    }

    /** Why the server at {@code node} gave no answer; the message names the node and never a secret. */
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
                            "did not answer in time; if that goes on, check host and port, and whether it expects TLS",
                            failure);
                }
                case MalformedReplyException e -> {
                    return malformed(node, e, failure);
                }
                case UnknownHostException e -> {
                    return failed(
                            Reason.DNS,
                            node,
                            "has a name that nothing resolves; check it, and whether it needs a domain",
                            failure);
                }
                case SSLException e -> {
                    return failed(Reason.TLS, node, "does not complete the TLS handshake: " + TlsWords.of(e), failure);
                }
                case NoSuchElementException e -> {
                    return failed(Reason.TIMEOUT, node, "had no free connection in time", failure);
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
                                "has a name that nothing resolves; check it, and whether it needs a domain",
                                failure);
                    }
                }
            }
        }
        return isConnectionLost(failure)
                ? unreachable(node, failure)
                : failed(Reason.OTHER, node, "says: " + withoutArguments(failure), failure);
    }

    /** Whoever sends something else than replies is no Redis, or one that expects another protocol. */
    private static KeyspaceException malformed(String node, MalformedReplyException reply, RuntimeException failure) {
        return switch (String.valueOf(reply.getMessage())) {
            case MalformedReplyException.TLS_RECORD ->
                failed(Reason.TLS, node, "speaks TLS, and the scaler does not; " + USE_TLS, failure);
            case MalformedReplyException.NO_REPLY ->
                failed(
                        Reason.UNREACHABLE,
                        node,
                        "sent something that is no Redis reply; give the address of a Redis server, not of a web"
                                + " server; "
                                + IF_TLS,
                        failure);
            default ->
                failed(
                        Reason.OTHER,
                        node,
                        "sent no reply of Redis that the scaler takes: " + reply.getMessage(),
                        failure);
        };
    }

    /** Whoever closes the connection is no Redis, or one that expects another protocol. */
    private static KeyspaceException unreachable(String node, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("end of stream")
                    || message.contains("closed the connection")
                    || message.contains("Connection reset")
                    || message.contains("Broken pipe")) {
                return failed(
                        Reason.UNREACHABLE,
                        node,
                        "closed the connection without an answer; " + IF_TLS
                                + "; if it is a proxy, it may not know the command",
                        failure);
            }
        }
        return failed(
                Reason.UNREACHABLE, node, "cannot be reached" + connecting(failure) + "; check host and port", failure);
    }

    /** Why there is no connection, where one of the addresses that were tried says it. */
    private static String connecting(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            for (Throwable tried : cause.getSuppressed()) {
                if (tried instanceof IOException refused) {
                    return ": " + Causes.describe(refused);
                }
            }
            if (cause instanceof ConnectException refused) {
                return ": " + Causes.describe(refused);
            }
        }
        return "";
    }

    /** Whether the server lacks a command that every Redis has. Proxies do without INFO, and may close at the next question. */
    static boolean isUnknownCommand(RuntimeException failure) {
        return failure instanceof JedisDataException
                && UNKNOWN_COMMAND.matcher(String.valueOf(failure.getMessage())).find();
    }

    /** Whether the server answers that the command is not to be had: its user may not send it, or an error that names nothing else. */
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

    /** The server answers, and is a Sentinel, which holds no data. */
    static KeyspaceException isSentinel(String node, String master, RuntimeException failure) {
        return failed(
                Reason.UNREACHABLE,
                node,
                "is a Sentinel, which holds no sessions; configure redis-sentinel://%s/0#%s in place of its address"
                        .formatted(node, master),
                failure);
    }

    /** Without what the JVM says of it, which may quote the reply. */
    private static KeyspaceException malformed(String node, RuntimeException failure) {
        return failed(Reason.OTHER, node, "gave a reply of a form that is not Redis's", failure);
    }

    /** What Redis says, up to where it repeats the arguments of a command, one of which may be a password. */
    private static String withoutArguments(RuntimeException failure) {
        return shown(ARGUMENTS.split(String.valueOf(failure.getMessage()), 2)[0]);
    }

    /** What others have said, of which errors of Redis have been made fit to be shown already. */
    private static String shown(@Nullable String text) {
        return ShownText.line(String.valueOf(text).getBytes(UTF_8), HiddenSecret.NONE);
    }

    /**
     * Whether a reply of another form than the command's has brought it about: it was thrown while the client library or
     * {@link Replies} converted one. Anything else of its kind is an error of the scaler.
     */
    static boolean isOfAReply(RuntimeException failure) {
        return Arrays.stream(failure.getStackTrace())
                .map(StackTraceElement::getClassName)
                .filter(thrower -> !thrower.startsWith("java.") && !thrower.startsWith("jdk."))
                .findFirst()
                .filter(thrower -> thrower.startsWith("redis.clients.") || thrower.startsWith(Replies.class.getName()))
                .isPresent();
    }

    /** Whether the connection is to blame and not what was asked on it. */
    static boolean isConnectionLost(RuntimeException failure) {
        return failure instanceof JedisConnectionException;
    }

    /** Whether the connection was found dead at once, as one is that outlived its server, so that a new one may do. */
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

    /** What an ACL lacks, where the message names it. */
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
