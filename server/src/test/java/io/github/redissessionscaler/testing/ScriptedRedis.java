package io.github.redissessionscaler.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A server on loopback that speaks Redis's protocol and answers each command with bytes of the test's choice. */
public final class ScriptedRedis implements AutoCloseable {

    private static final byte[] OK = "+OK\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Clients want to know the version of the protocol. */
    private static final byte[] HELLO = "*2\r\n$5\r\nproto\r\n:2\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listening;
    private final Function<List<String>, Reply> replies;
    private final Set<String> commands = ConcurrentHashMap.newKeySet();

    /** Sends the reply to a command. An exception closes the connection. */
    public interface Reply {

        void sendTo(OutputStream client) throws IOException;
    }

    private ScriptedRedis(ServerSocket listening, Function<List<String>, Reply> replies) {
        this.listening = listening;
        this.replies = replies;
    }

    /**
     * Starts to answer.
     *
     * @param replies by command in upper case, in bytes of the protocol; any other command is answered OK
     */
    public static ScriptedRedis answering(Map<String, byte[]> replies) {
        Map<String, byte[]> all = new HashMap<>(Map.of("HELLO", HELLO));
        all.putAll(replies);
        return answering(command -> all.getOrDefault(command.getFirst(), OK));
    }

    /** The same with a reply to each command, whose first word is in upper case, and its arguments. Called by many threads. */
    public static ScriptedRedis answering(Function<List<String>, byte[]> replies) {
        return sending(command -> client -> client.write(replies.apply(command)));
    }

    /** The same with replies that take their time, or are not complete. */
    public static ScriptedRedis sending(Function<List<String>, Reply> replies) {
        try {
            var server = new ScriptedRedis(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), replies);
            Thread.startVirtualThread(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A primary that agrees to send a replica all its data, and then sends nothing. */
    public static ScriptedRedis primaryThatSendsNoData() {
        return answering(Map.of(
                "PING",
                "+PONG\r\n".getBytes(StandardCharsets.US_ASCII),
                "PSYNC",
                ("+FULLRESYNC " + "0".repeat(40) + " 0\r\n").getBytes(StandardCharsets.US_ASCII)));
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** The commands that came, in upper case. */
    public Set<String> commands() {
        return Set.copyOf(commands);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.startVirtualThread(() -> serve(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client;
                InputStream in = new BufferedInputStream(client.getInputStream());
                OutputStream out = client.getOutputStream()) {
            for (List<String> command = command(in); !command.isEmpty(); command = command(in)) {
                command.set(0, command.getFirst().toUpperCase(Locale.ROOT));
                commands.add(command.getFirst());
                replies.apply(command).sendTo(out);
                out.flush();
            }
        } catch (IOException e) {
            // the client is gone
        }
    }

    /** A command and its arguments; empty at the end. */
    private static List<String> command(InputStream in) throws IOException {
        String head = line(in);
        List<String> words = new ArrayList<>();
        if (head.startsWith("*")) {
            int count = Integer.parseInt(head.substring(1));
            for (int i = 0; i < count; i++) {
                int length = Integer.parseInt(line(in).substring(1));
                words.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                line(in);
            }
        }
        return words;
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int read = in.read(); read >= 0 && read != '\n'; read = in.read()) {
            if (read != '\r') {
                line.write(read);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
