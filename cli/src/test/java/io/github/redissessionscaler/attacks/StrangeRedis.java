package io.github.redissessionscaler.attacks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.redissessionscaler.testing.RedisServer;
import io.github.redissessionscaler.testing.ScriptedRedis;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;

/** A Redis that only the strangers use, over the connection {@code strange}. */
record StrangeRedis(String url, AutoCloseable server) implements AutoCloseable {

    private static final int LONG_PAGE = 64;
    private static final int LARGE_VALUE = 240 << 20;

    /** Answers these commands with these beginnings of replies, each followed by 16 MB. */
    static StrangeRedis announcing(String scheme, Map<String, String> replies) {
        Map<String, byte[]> all = new HashMap<>(Map.of("DBSIZE", ascii(":1000\r\n"), "TYPE", ascii("+list\r\n")));
        replies.forEach((command, reply) -> {
            byte[] whole = Arrays.copyOf(ascii(reply), 16 << 20);
            Arrays.fill(whole, reply.length(), whole.length, (byte) 'x');
            all.put(command, whole);
        });
        return scripted(scheme, ScriptedRedis.answering(all));
    }

    /** A page of so many keys, whatever the size that is asked for. */
    static StrangeRedis pageOf(int keys) {
        var page = new StringBuilder("*2\r\n$1\r\n0\r\n*" + keys + "\r\n");
        for (int i = 0; i < keys; i++) {
            page.append("$9\r\n").append(100_000_000 + i).append("\r\n");
        }
        return scripted(
                "redis", ScriptedRedis.answering(Map.of("DBSIZE", ascii(":1000\r\n"), "SCAN", ascii(page.toString()))));
    }

    /** A database with this many keys, each of this many bytes. */
    static StrangeRedis withKeys(int keys, int bytes) {
        byte[] key = new byte[bytes];
        Arrays.fill(key, (byte) 'x');
        String length = "$" + bytes + "\r\n";
        return scripted("redis", ScriptedRedis.answering(command -> switch (command.getFirst()) {
            case "HELLO" -> ascii("*2\r\n$5\r\nproto\r\n:2\r\n");
            case "DBSIZE" -> ascii(":" + keys + "\r\n");
            case "SCAN" -> {
                int from = Integer.parseInt(command.get(1));
                int page = Math.min(Math.max(1, (8 << 20) / bytes), Math.min(LONG_PAGE, keys - from));
                int next = from + page == keys ? 0 : from + page;
                String cursor = String.valueOf(next);
                byte[] head = ascii("*2\r\n$" + cursor.length() + "\r\n" + cursor + "\r\n*" + page + "\r\n");
                byte[] reply = Arrays.copyOf(head, head.length + page * (length.length() + bytes + 2));
                int at = head.length;
                for (int i = 0; i < page; i++) {
                    System.arraycopy(ascii(length), 0, reply, at, length.length());
                    at += length.length();
                    System.arraycopy(key, 0, reply, at, bytes);
                    System.arraycopy(ascii(String.valueOf(from + i)), 0, reply, at, 1);
                    at += bytes;
                    reply[at++] = '\r';
                    reply[at++] = '\n';
                }
                yield reply;
            }
            default -> ascii("+OK\r\n");
        }));
    }

    /** A cluster of so many primaries, each with a host name of its own and one slot. */
    static StrangeRedis clusterOf(int hosts) {
        String slots = IntStream.range(0, hosts)
                .mapToObj(i -> {
                    String host = "node-%d.%s.example".formatted(i, "x".repeat(200));
                    return "*3\r\n:%d\r\n:%d\r\n*2\r\n$%d\r\n%s\r\n:6379\r\n".formatted(i, i, host.length(), host);
                })
                .collect(Collectors.joining("", "*" + hosts + "\r\n", ""));
        return scripted("redis-cluster", ScriptedRedis.answering(Map.of("CLUSTER", ascii(slots))));
    }

    /** One that holds a string of 240 MB at the key {@code large}. */
    static StrangeRedis withLargeValue() {
        var server = RedisServer.start();
        try (Jedis jedis = server.connect()) {
            jedis.setrange("large", LARGE_VALUE, "x");
        }
        return new StrangeRedis("redis://" + server.address(), server);
    }

    private static StrangeRedis scripted(String scheme, ScriptedRedis server) {
        return new StrangeRedis(scheme + "://127.0.0.1:" + server.port(), server);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    /** What a trigger of its own says about it. */
    static List<Map<String, String>> readings() {
        return List.of(
                Map.of("connection", "strange"),
                Map.of("connection", "strange", "keyPattern", "*"),
                Map.of("connection", "strange", "key", "large"),
                Map.of("connection", "strange", "activeKey", "large"),
                Map.of("connection", "strange", "sessionSizeKey", "large"));
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
