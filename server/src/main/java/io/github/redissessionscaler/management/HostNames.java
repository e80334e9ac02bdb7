package io.github.redissessionscaler.management;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Under which names the management port may be asked for. A page of somebody else's that has its own name lead to the scaler's
 * address (DNS rebinding) asks for it under that name, and could read the answers: a browser takes them for its own.
 *
 * @param more besides addresses and names that no stranger can own
 */
record HostNames(Set<String> more) {

    /** Where a cluster and a machine have their own names. */
    private static final List<String> INSIDE = List.of(".svc", ".local", ".internal", ".localhost");

    /**
     * Whether this is one.
     *
     * @param host of the request, with its port
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
