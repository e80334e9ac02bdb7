package io.github.redissessionscaler.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Address of a server.
 *
 * @param port from 1 to 65,535
 */
public record Node(String host, int port) {

    private static final int HIGHEST_PORT = 65_535;

    private static final Pattern FORM =
            Pattern.compile("(?:\\[(?<v6>[0-9a-fA-F:.]+)]|(?<host>[A-Za-z0-9._-]+))(?::(?<port>\\d{1,5}))?");

    /** Throws {@link IllegalArgumentException} if there is no host, which would be this machine, or the port is invalid. */
    public Node {
        if (host.isBlank()) {
            throw new IllegalArgumentException("no host");
        }
        if (!isPort(port)) {
            throw new IllegalArgumentException("port " + port);
        }
    }

    /** Whether the port is valid. */
    public static boolean isPort(int number) {
        return number >= 1 && number <= HIGHEST_PORT;
    }

    /** The address; empty if the text is neither {@code host:port} nor {@code host}. IPv6 addresses need brackets. */
    public static Optional<Node> parse(String text, int defaultPort) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String host = form.group("v6") == null ? form.group("host") : form.group("v6");
        int port = form.group("port") == null ? defaultPort : Integer.parseInt(form.group("port"));
        return isPort(port) ? Optional.of(new Node(host, port)) : Optional.empty();
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
