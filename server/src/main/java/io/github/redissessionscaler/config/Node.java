package io.github.redissessionscaler.config;

/** Address of a server. */
public record Node(String host, int port) {

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
