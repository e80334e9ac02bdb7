package io.github.redissessionscaler.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** A TCP proxy on loopback that can do to a connection what networks do. */
public final class TcpProxy implements AutoCloseable {

    private final ServerSocket listening;
    private volatile int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Passage passage = Passage.FREE;

    private enum Passage {
        FREE,
        /** Bytes are discarded, and connections stay open. */
        LOSING,
        /** A byte at a time. */
        TRICKLING,
        /** Of each reply the first half passes, then the connection is closed. */
        TEARING
    }

    private TcpProxy(ServerSocket listening, int target) {
        this.listening = listening;
        this.target = target;
    }

    /** A proxy to a port of loopback. */
    public static TcpProxy to(int port) {
        return at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), port);
    }

    /** The same at an address of its own. */
    public static TcpProxy at(InetSocketAddress address, int port) {
        try {
            var proxy = new TcpProxy(new ServerSocket(address.getPort(), 50, address.getAddress()), port);
            Thread.startVirtualThread(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** From now on new connections lead to another port of loopback. */
    public void leadTo(int port) {
        target = port;
    }

    /** From now on bytes are swallowed in both directions, and no connection is closed. */
    public void blackHole() {
        passage = Passage.LOSING;
    }

    /** From now on a reply passes byte by byte, ten in a second. */
    public void trickle() {
        passage = Passage.TRICKLING;
    }

    /** From now on every reply is cut in its middle, and its connection closed. */
    public void tear() {
        passage = Passage.TEARING;
    }

    /** Bytes pass again. What was swallowed is gone. */
    public void heal() {
        passage = Passage.FREE;
    }

    /** Closes every connection now; new ones are taken. */
    public void cut() {
        sockets.forEach(TcpProxy::close);
        sockets.clear();
    }

    /** Resets every connection now, by RST where {@link #cut} sends FIN; new ones are taken. */
    public void reset() {
        for (Socket socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // it is gone then
            }
        }
        cut();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server;
                try {
                    server = new Socket(InetAddress.getLoopbackAddress(), target);
                } catch (IOException e) {
                    close(client);
                    continue;
                }
                sockets.add(client);
                sockets.add(server);
                Thread.startVirtualThread(() -> pump(client, server, false));
                Thread.startVirtualThread(() -> pump(server, client, true));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void pump(Socket from, Socket to, boolean replies) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[8192];
            boolean open = true;
            for (int read = in.read(buffer); open && read >= 0; read = in.read(buffer)) {
                open = pass(buffer, read, out, replies);
            }
        } catch (IOException e) {
            // one end is gone
        }
        close(from);
        close(to);
    }

    /** Returns whether the connection stays. */
    private boolean pass(byte[] buffer, int length, OutputStream out, boolean replies) throws IOException {
        switch (passage) {
            case LOSING -> {}
            case TEARING -> {
                out.write(buffer, 0, replies ? length / 2 : length);
                return !replies;
            }
            case TRICKLING -> {
                for (int i = 0; i < length; i++) {
                    out.write(buffer, i, 1);
                    for (int wait = 0; replies && wait < 10 && passage == Passage.TRICKLING; wait++) {
                        LockSupport.parkNanos(10_000_000);
                    }
                }
            }
            case FREE -> out.write(buffer, 0, length);
        }
        return true;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone then
        }
    }
}
