package io.github.redissessionscaler.attacks;

import java.io.IOException;
import java.net.Socket;

/** Connections to port 6000, and TLS handshakes. */
enum ConnectionAttack implements Attack {
    IDLE_TCP("connections to port 6000 that say nothing", 100_000) {
        @Override
        public void on(Target target) {
            target.sockets(target.grpcPort(), _ -> {});
        }

        @Override
        public boolean newConnections() {
            return true;
        }
    },
    IDLE_HTTP2("connections to port 6000 that ask nothing", 20_000) {
        @Override
        public void on(Target target) {
            target.sockets(target.grpcPort(), socket -> new RawHttp2(socket, Payloads.WINDOW).reading());
        }
    },
    IDLE_TLS("the same with mutual TLS, and no certificate", 80_000, true) {
        @Override
        public void on(Target target) {
            target.sockets(target.grpcPort(), _ -> {});
        }

        @Override
        public boolean newConnections() {
            return true;
        }
    },
    HANDSHAKES("TLS handshakes that are begun", 20_000, true) {
        @Override
        public void on(Target target) throws IOException {
            byte[] hello = Payloads.clientHello();
            target.sockets(target.grpcPort(), socket -> socket.getOutputStream().write(hello));
        }

        @Override
        public boolean newConnections() {
            return true;
        }
    },
    QUICK_TCP("connections to port 6000 that are closed at once", 400_000) {
        @Override
        public void on(Target target) {
            target.sockets(target.grpcPort(), Socket::close);
        }
    },
    TRICKLED_HANDSHAKES("TLS handshakes that come byte by byte, 500 at a time", 20_000, true) {
        @Override
        public void on(Target target) {
            target.trickle(500, Payloads.clientHello());
        }

        @Override
        public boolean newConnections() {
            return true;
        }
    };

    private final String words;
    private final int most;
    private final boolean mutualTls;

    ConnectionAttack(String words, int most) {
        this(words, most, false);
    }

    ConnectionAttack(String words, int most, boolean mutualTls) {
        this.words = words;
        this.most = most;
        this.mutualTls = mutualTls;
    }

    @Override
    public String words() {
        return words;
    }

    @Override
    public int most() {
        return most;
    }

    @Override
    public boolean mutualTls() {
        return mutualTls;
    }
}
