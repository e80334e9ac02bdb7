package io.github.redissessionscaler.management;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The host names that the management port accepts. This prevents DNS rebinding: a foreign web page whose name resolves to
 * the scaler's address could otherwise read the responses, because the browser treats them as same-origin.
 *
 * @param more accepted besides IP addresses and names that cannot be registered on the internet
 */
record HostNames(Set<String> more) {

    /** Domains of names inside a cluster or a network. */
    private static final List<String> INSIDE = List.of(".svc", ".local", ".internal", ".localhost");

    /**
     * Whether the host is accepted.
     *
     * @param host the Host header, with its port
     */
    boolean contain(String host) {
        String name = name(host);
        boolean address = name.startsWith("[") || name.matches("[0-9.]+");
        return address || !name.contains(".") || INSIDE.stream().anyMatch(name::endsWith) || more.contains(name);
    }

    private static String name(String host) {
        String lower = host.strip().toLowerCase(Locale.ROOT);
        int port = lower.lastIndexOf(':');
        String name = port > lower.lastIndexOf(']') ? lower.substring(0, port) : lower;
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
