package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.config.Topology;
import io.github.redissessionscaler.identity.Identities;
import io.github.redissessionscaler.keyspace.Keyspace;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.telemetry.Telemetry;
import io.github.redissessionscaler.testing.ScriptedRedis;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.KeyType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command of every method of the port to Redis, with every kind of reply. One that does not fit is a failure of the read
 * with a reason, and never another exception or a number.
 */
final class PortRepliesTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Database DATABASE = new Database("default", OptionalInt.empty());
    private static final List<byte[]> KEYS = List.of("k".getBytes(UTF_8));

    /** What a server may send in place of the right reply. */
    private enum Sent {
        NIL("$-1\r\n"),
        NULL_LIST("*-1\r\n"),
        MINUS_SEVEN(":-7\r\n"),
        TOO_LARGE(":1000000000001\r\n"),
        TEXT("$5\r\nhello\r\n"),
        STATUS("+hello\r\n"),
        EMPTY_LIST("*0\r\n"),
        LIST_OF_A_NUMBER("*1\r\n:1\r\n"),
        LIST_OF_NIL("*2\r\n$-1\r\n$-1\r\n"),
        NESTED("*1\r\n*1\r\n*1\r\n:1\r\n"),
        NULL_OF_RESP3("_\r\n"),
        MAP_OF_RESP3("%1\r\n+a\r\n:1\r\n");

        private final String reply;

        Sent(String reply) {
            this.reply = reply;
        }
    }

    /**
     * A call of a method of the port.
     *
     * @param name of the method, and what distinguishes the call from others of it
     */
    record Call(String name, Consumer<Keyspace> call) {

        /** The method of the port. */
        String method() {
            return name.split(" ", 2)[0];
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Call of(String name, Consumer<Keyspace> call) {
        return new Call(name, call);
    }

    private static Call ofShard(String name, Consumer<Shard> call) {
        return of(name, keyspace -> call.accept(keyspace.shards().getFirst()));
    }

    static Stream<Call> calls() {
        Stream<Call> each = Stream.of(
                of("ping", Keyspace::ping),
                of("size", Keyspace::size),
                of("get", keyspace -> keyspace.get("k")),
                of("type", keyspace -> keyspace.type("k")),
                of("countByScore", keyspace -> keyspace.countByScore("k", 0, 1)),
                of("time", Keyspace::time),
                of("placement", Keyspace::placement),
                of("warnings", Keyspace::warnings),
                of("otherDatabases", Keyspace::otherDatabases),
                of("shards", Keyspace::shards),
                ofShard("name", Shard::name),
                ofShard("size of a shard", Shard::size),
                ofShard("expiringKeys", Shard::expiringKeys),
                ofShard("evictedKeys", Shard::evictedKeys),
                ofShard("productAndVersion", Shard::productAndVersion),
                ofShard("inCluster", Shard::inCluster),
                ofShard("scan", shard -> shard.scan(List.of("0", "5"), 10)),
                ofShard("sampleByScan", shard -> shard.sampleByScan(List.of("0", "5"), 10)),
                ofShard("sampleByRandomKey", shard -> shard.sampleByRandomKey(2)),
                ofShard("types", shard -> shard.types(KEYS)),
                ofShard("timesToLive", shard -> shard.timesToLive(KEYS)),
                ofShard("idleSeconds", shard -> shard.idleSeconds(KEYS)),
                ofShard("haveField", shard -> shard.haveField(KEYS, "f")));
        Stream<Call> ofTypes = Arrays.stream(KeyType.values())
                .flatMap(type -> Stream.of(
                        of("cardinality of a " + type, keyspace -> keyspace.cardinality("k", type)),
                        ofShard("sizes of a " + type, shard -> shard.sizes(KEYS, List.of(text(type))))));
        return Stream.concat(each, ofTypes);
    }

    private static String text(KeyType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /** Replies that fit, or that do no harm: the call is tolerant of them. */
    private static Set<Sent> accepted(Call call, String command) {
        return switch (command) {
            case "GET", "RANDOMKEY" -> Set.of(Sent.NIL, Sent.NULL_LIST, Sent.TEXT, Sent.STATUS);
            case "PING" -> Set.of(Sent.TEXT, Sent.STATUS);
            case "TYPE" ->
                switch (call.method()) {
                    case "types" -> Set.of(Sent.TEXT, Sent.STATUS);
                    case "warnings" -> Set.of(Sent.values());
                    default -> Set.of();
                };
            case "PTTL" -> Set.of(Sent.TOO_LARGE);
            case "OBJECT" -> Set.of(Sent.NIL, Sent.NULL_LIST, Sent.TOO_LARGE);
            case "INFO" ->
                switch (call.method()) {
                    case "warnings", "placement", "inCluster" -> Set.of(Sent.values());
                    default -> Set.of(Sent.TEXT, Sent.STATUS);
                };
            // whoever may not call ROLE sees a lost primary later
            case "ROLE" -> Set.of(Sent.values());
            default -> Set.of();
        };
    }

    private final Telemetry telemetry = new Telemetry(InstantSource.system(), TIMEOUT);

    @AfterEach
    void stop() {
        telemetry.close();
    }

    @Test
    void everyMethodOfThePortIsCalled() {
        Set<String> called = calls().map(Call::method).collect(toCollection(TreeSet::new));

        assertThat(called)
                .isEqualTo(Stream.of(Keyspace.class, Shard.class)
                        .flatMap(port -> Arrays.stream(port.getDeclaredMethods()))
                        .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                        .map(Method::getName)
                        .collect(toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void ofOneServer(Call call) {
        assertFailures(call, ScriptedTopology.STANDALONE);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void ofACluster(Call call) {
        assertFailures(call, ScriptedTopology.CLUSTER);
    }

    @Test
    void ofSentinels() {
        assertFailures(of("size", Keyspace::size), ScriptedTopology.SENTINEL);
    }

    private enum ScriptedTopology {
        STANDALONE,
        SENTINEL,
        CLUSTER
    }

    /** Calls once with the right replies, to see which commands it sends; then with each reply to each of them. */
    private void assertFailures(Call call, ScriptedTopology topology) {
        Set<String> commands;
        try (var server = new Server(Map.of())) {
            assertThat(server.failureOf(call, topology)).as("right replies").isNull();
            commands = server.redis.commands();
        }
        if (!Set.of("shards", "name", "placement", "warnings", "inCluster").contains(call.method())) {
            assertThat(commands).isNotEmpty();
        }
        List<String> wrong = new ArrayList<>();
        for (String command : commands) {
            for (Sent sent : Sent.values()) {
                try (var server = new Server(Map.of(command, sent.reply))) {
                    Throwable failure = server.failureOf(call, topology);
                    String what = "%s: %s in reply to %s: %s".formatted(call, sent, command, failure);
                    if (failure == null ? !accepted(call, command).contains(sent) : !isReadFailure(failure)) {
                        wrong.add(what);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean isReadFailure(Throwable failure) {
        return failure instanceof KeyspaceException read
                && read.reason() != KeyspaceException.Reason.INTERNAL
                && !String.valueOf(read.getMessage()).contains("java.");
    }

    /** A server with right replies to all commands but some. */
    private final class Server implements AutoCloseable {

        private final Map<String, String> others;
        private final ScriptedRedis redis;

        Server(Map<String, String> others) {
            this.others = others;
            redis = ScriptedRedis.answering(command -> reply(command).getBytes(UTF_8));
        }

        private @Nullable Throwable failureOf(Call call, ScriptedTopology topology) {
            var node = new Node("127.0.0.1", redis.port());
            var connection = new ConnectionConfig(
                    "default",
                    switch (topology) {
                        case STANDALONE -> new Topology.Standalone(node);
                        case CLUSTER -> new Topology.Cluster(List.of(node));
                        case SENTINEL -> new Topology.Sentinel("main", List.of(node), Optional.empty());
                    },
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    Set.of());
            try (var keyspaces = new RedisKeyspaces(
                    () -> Map.of("default", connection), TIMEOUT, telemetry, Identities.ofThisMachine(TIMEOUT))) {
                Keyspace keyspace = keyspaces.of(DATABASE);
                return catchThrowable(() -> call.call().accept(keyspace));
            }
        }

        private String reply(List<String> command) {
            String name = command.getFirst();
            if (others.containsKey(name)) {
                return requireNonNull(others.get(name));
            }
            return right(command);
        }

        private String right(List<String> command) {
            return switch (command.getFirst()) {
                case "PING" -> "+PONG\r\n";
                case "GET", "RANDOMKEY" -> "$1\r\nk\r\n";
                case "TYPE" -> "+string\r\n";
                case "TIME" -> "*2\r\n$10\r\n1700000000\r\n$1\r\n0\r\n";
                case "SCAN" -> "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk\r\n";
                case "INFO" -> info();
                case "ROLE" -> "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n";
                case "CLUSTER" ->
                    "*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$9\r\n127.0.0.1\r\n:%d\r\n$40\r\n%s\r\n"
                            .formatted(redis.port(), "a".repeat(40));
                case "SENTINEL" -> {
                    String port = String.valueOf(redis.port());
                    yield command.get(1).equalsIgnoreCase("MASTER")
                            ? "*2\r\n$12\r\nconfig-epoch\r\n$1\r\n1\r\n"
                            : "*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%s\r\n".formatted(port.length(), port);
                }
                case "SELECT" -> "+OK\r\n";
                case "DBSIZE", "LLEN", "SCARD", "ZCARD", "HLEN", "XLEN", "PFCOUNT", "ZCOUNT", "STRLEN" -> ":1\r\n";
                case "PTTL", "OBJECT", "HEXISTS" -> ":1\r\n";
                default -> "-ERR a command without a row in this test\r\n";
            };
        }

        private static String info() {
            String text = """
                # Server
                redis_version:8.0.0
                cluster_enabled:0
                role:master
                evicted_keys:1
                cmdstat_migrate:calls=1,usec=1
                # Keyspace
                db0:keys=1,expires=1
                db3:keys=1,expires=1
                """.replace("\n", "\r\n");
            return "$%d\r\n%s\r\n".formatted(text.length(), text);
        }

        @Override
        public void close() {
            redis.close();
        }
    }
}
