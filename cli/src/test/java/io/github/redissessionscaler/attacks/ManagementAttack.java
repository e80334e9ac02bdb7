package io.github.redissessionscaler.attacks;

import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Requests to port 8080. */
enum ManagementAttack implements Attack {
    IDLE_HTTP("connections to port 8080 that say nothing", 20_000) {
        @Override
        public void on(Target target) {
            target.sockets(target.managementPort(), _ -> {});
        }
    },
    HALF_SENT_HTTP("requests that are half sent", 20_000) {
        @Override
        public void on(Target target) {
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream().write(Payloads.ascii("GET /metrics HTTP/1.1\r\nHost: local")));
        }
    },
    LARGE_HTTP_HEADERS("requests with 300 KB of headers", 3_000) {
        @Override
        public void on(Target target) {
            byte[] headers = Payloads.ascii(
                    "GET /metrics HTTP/1.1\r\n" + "X-Large: aaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(8_000));
            target.sockets(
                    target.managementPort(), socket -> socket.getOutputStream().write(headers));
        }
    },
    UNREAD_SCRAPES("scrapes that nobody reads", 2_000) {
        @Override
        public void on(Target target) {
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream()
                            .write(Payloads.ascii("GET /metrics?detail=all HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        }

        @Override
        public int triggers() {
            return 3_000;
        }
    },
    LARGEST_STATUS("questions for the most that the status page shows", 50) {
        @Override
        public void on(Target target) {
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream()
                            .write(Payloads.ascii(
                                    "GET /api/status?limit=1000&points=400 HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        }

        @Override
        public int triggers() {
            return 1_000;
        }
    },
    STATUS_BY_MANY("the same by clients that leave before the answer", 20_000) {
        @Override
        public void on(Target target) {
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream()
                            .write(Payloads.ascii(
                                    "GET /api/status?limit=1000&points=400 HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        }

        @Override
        public int triggers() {
            return 1_000;
        }
    },
    QUICK_HTTP("connections to port 8080 that are closed at once", 400_000) {
        @Override
        public void on(Target target) {
            target.sockets(target.managementPort(), Socket::close);
        }
    },
    PIPELINED_HTTP("requests to port 8080 that do not wait for answers, 1,000 at a time", 2_000) {
        @Override
        public void on(Target target) {
            byte[] requests = Payloads.ascii("GET /api/status HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000));
            target.sockets(
                    target.managementPort(), socket -> socket.getOutputStream().write(requests));
        }
    },
    MANY_PARAMETERS("requests to port 8080 with 1,000 parameters that do not exist", 20_000) {
        @Override
        public void on(Target target) {
            String parameters = IntStream.range(0, 950)
                    .mapToObj(i -> Integer.toString(36 * 36 + i, 36))
                    .collect(Collectors.joining("&"));
            byte[] request = Payloads.ascii("GET /api/status?" + parameters + " HTTP/1.1\r\nHost: a\r\n\r\n");
            target.sockets(
                    target.managementPort(), socket -> socket.getOutputStream().write(request));
        }
    },
    STRANGE_HOSTS("requests for hosts that are none, two, long, or of others", 400_000) {
        @Override
        public void on(Target target) {
            List<byte[]> requests = Payloads.strangeHosts();
            var number = new AtomicInteger();
            target.sockets(
                    target.managementPort(),
                    socket -> socket.getOutputStream().write(requests.get(number.getAndIncrement() % requests.size())));
        }
    };

    private final String words;
    private final int most;

    ManagementAttack(String words, int most) {
        this.words = words;
        this.most = most;
    }

    @Override
    public String words() {
        return words;
    }

    @Override
    public int most() {
        return most;
    }
}
