package io.github.redissessionscaler.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on loopback for servers that cannot choose one themselves. They lie below the range from which Linux takes the
 * ports of outgoing connections (32,768 and above). Each port belongs to one JVM until the JVM ends, because tests run in
 * several JVMs at once and a stopped server may start again on its port.
 */
public final class Ports {

    private static final int FIRST = 10_000;
    private static final int COUNT = 10_000;

    /** What Redis adds to a node's port for the other nodes of its cluster. */
    private static final int CLUSTER_BUS = 10_000;

    private static final FileChannel CLAIMS = openClaims();
    private static final int START = ThreadLocalRandom.current().nextInt(COUNT);
    private static int tried;

    private Ports() {}

    /** A port that nothing listens on, and nothing on the port of a cluster's node that goes with it. */
    public static synchronized int free() {
        while (tried < COUNT) {
            int port = FIRST + (START + tried++) % COUNT;
            if (claim(port) && isFree(port) && isFree(port + CLUSTER_BUS)) {
                return port;
            }
        }
        throw new IllegalStateException("this JVM has used all " + COUNT + " ports for tests");
    }

    private static boolean claim(int port) {
        try {
            return CLAIMS.tryLock(port, 1, false) != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static FileChannel openClaims() {
        var file = Path.of(
                System.getProperty("java.io.tmpdir"),
                "redis-session-scaler-ports-of-" + System.getProperty("user.name"));
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
