package io.github.redissessionscaler.config;

import io.github.redissessionscaler.config.ConnectionReader.Names;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Explains what is wrong with an address or URL of Redis, and how to write it. Quotes only recognised host names and ports,
 * because the rest may be a password.
 */
final class AddressMistakes {

    private static final int REDIS_PORT = 6379;

    /** Connection strings of Azure, StackExchange.Redis and Spring: addresses, then assignments. */
    private static final Pattern ASSIGNMENT =
            Pattern.compile("\\s*(?<name>[A-Za-z]\\w*)\\s*=(?<value>.*)", Pattern.DOTALL);

    private static final Pattern PORT = Pattern.compile("(?:\\[[^\\]@]*]|[A-Za-z0-9._-]+):(?<port>\\d{1,9})");

    private static final Pattern BAD_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");

    private static final List<String> SCHEMES = List.of(
            "redis://",
            "rediss://",
            "unix://",
            "redis-sentinel://",
            "rediss-sentinel://",
            "redis-cluster://",
            "rediss-cluster://");

    private AddressMistakes() {}

    /** Whether the text is a connection string. */
    static boolean isConnectionString(String text) {
        return parts(text).anyMatch(part -> ASSIGNMENT.matcher(part).matches());
    }

    /** What is wrong with a text given as {@code host:port}. */
    static String inAddress(String text, Names names) {
        String form = "; write host:port, such as redis:6379";
        if (isConnectionString(text)) {
            return translated(text, names);
        }
        if (text.isEmpty()) {
            return "is empty" + form;
        }
        if (text.contains("://")) {
            return "is a URL; give it as " + names.url();
        }
        Matcher port = PORT.matcher(text);
        if (port.matches()) {
            return "has the port " + port.group("port") + ", which is not from 1 to 65535" + form;
        }
        if (text.contains("@")) {
            return "contains a user or a password, so it is not shown" + form + ", and give the password as "
                    + names.password();
        }
        if (text.contains(",") || text.contains(" ")) {
            return "is not host:port" + form + "; for several nodes of a cluster, set redis://host:6379,host:6379 in "
                    + names.url();
        }
        if (text.chars().filter(character -> character == ':').count() > 1) {
            return "is not host:port" + form + "; write an IPv6 address in brackets, [::1]:6379";
        }
        return "is not host:port; it is not shown, since it may contain a password" + form;
    }

    /** What is wrong with a text given as a URL. */
    static String inUrl(String text, Names names) {
        if (isConnectionString(text) && !text.contains("://")) {
            return translated(text, names);
        }
        return "cannot be used: " + faultOfUrl(text, names)
                + "; it is not shown, since it may contain a password; the form is " + RedisUrl.FORM;
    }

    private static String faultOfUrl(String text, Names names) {
        Optional<String> scheme = SCHEMES.stream().filter(text::startsWith).findFirst();
        if (!text.contains("://")) {
            return "it has no scheme; for an address without one, use " + names.address();
        }
        if (scheme.isEmpty()) {
            return "its scheme, the part before ://, is unknown";
        }
        if (scheme.get().equals("unix://")) {
            return "unix:// takes the path of a socket and at most ?db=1, such as unix:///path?db=1; give the password"
                    + " as "
                    + names.password();
        }
        String rest = text.substring(scheme.get().length());
        if (rest.chars().filter(character -> character == '@').count() > 1) {
            return "it has more than one @; write %40 for an @ in the user name or the password";
        }
        String nodes = rest.substring(rest.indexOf('@') + 1);
        if (rest.contains("@")) {
            Optional<String> fault = faultOfUser(rest.substring(0, rest.indexOf('@')));
            if (fault.isPresent()) {
                return fault.get();
            }
        }
        if (nodes.isEmpty()) {
            return "it has no host";
        }
        if (nodes.contains("?")
                && (!nodes.contains("?sentinelMasterId=") || !scheme.get().contains("sentinel"))) {
            return "parameters after a ? are not supported, since TLS and timeouts have their own settings; write %3F"
                    + " for a ? in the password";
        }
        if (nodes.contains("#") && !scheme.get().contains("sentinel")) {
            return "a # starts the name of a primary, which only redis-sentinel:// takes; write %23 for a # in the"
                    + " password";
        }
        if (scheme.get().contains("sentinel") && !nodes.contains("#") && !nodes.contains("?sentinelMasterId=")) {
            return "the sentinels' name of the primary is missing; append it, such as /0#mymaster";
        }
        return faultOfNodes(nodes.split("[/#?]", 2)[0])
                .or(() -> faultOfDatabase(nodes))
                .orElse("it has another form");
    }

    /** What is wrong with the addresses; quotes only numeric ports. */
    private static Optional<String> faultOfNodes(String nodes) {
        List<String> addresses = List.of(nodes.split(",", -1));
        for (int i = 0; i < addresses.size(); i++) {
            Optional<String> fault = faultOfNode(addresses.get(i).strip());
            if (fault.isPresent()) {
                String which = addresses.size() == 1 ? "" : "in address " + (i + 1) + " of " + addresses.size() + ", ";
                return Optional.of(which + fault.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> faultOfNode(String address) {
        if (Node.parse(address, REDIS_PORT).isPresent()) {
            return Optional.empty();
        }
        if (address.isEmpty() || (address.startsWith(":") && address.indexOf(':', 1) < 0)) {
            return Optional.of("the host is missing");
        }
        if (address.startsWith("[") && address.indexOf(']') < 0) {
            return Optional.of("the ] of an IPv6 address is missing");
        }
        Matcher port = PORT.matcher(address);
        if (port.matches()) {
            return Optional.of("the port " + port.group("port") + " is not from 1 to 65535");
        }
        int colon = address.lastIndexOf(':');
        if (!address.startsWith("[") && address.indexOf(':') != colon) {
            return Optional.of("there is more than one colon; write an IPv6 address in brackets, such as [::1]:6379,"
                    + " and a password before an @");
        }
        if (colon >= 0 && Node.parse(address.substring(0, colon), REDIS_PORT).isPresent()) {
            return Optional.of(
                    colon == address.length() - 1
                            ? "the port after the colon is missing"
                            : "the port is not a number; if it is a password, add an @ and the host after it");
        }
        return Optional.of("the host is not a name or an address");
    }

    /** What is wrong with what follows the addresses. */
    private static Optional<String> faultOfDatabase(String nodes) {
        int slash = nodes.indexOf('/');
        return slash >= 0 && !nodes.substring(slash + 1).split("[#?]", 2)[0].matches("\\d{0,5}")
                ? Optional.of("the database index, which follows the /, is not a number from 0 to "
                        + ConnectionConfig.HIGHEST_DATABASE)
                : Optional.empty();
    }

    /** What is wrong with the part before the @; quotes nothing of it. */
    private static Optional<String> faultOfUser(String user) {
        List<String> reserved = Stream.of("/", "?", "#").filter(user::contains).toList();
        if (!reserved.isEmpty()) {
            return Optional.of("%s before the @ and must be percent-encoded; write %s in the user name or the password"
                    .formatted(
                            reserved.stream().map("a "::concat).collect(Collectors.joining(" and "))
                                    + (reserved.size() == 1 ? " is" : " are"),
                            reserved.stream()
                                    .map(character ->
                                            "%" + "%02X for %s".formatted((int) character.charAt(0), character))
                                    .collect(Collectors.joining(", "))));
        }
        if (user.indexOf(':') < 0) {
            return Optional.of(
                    "there is no password before the @; write redis://user:password@host, or redis://:password@host"
                            + " for the default user");
        }
        if (user.endsWith(":") && user.indexOf(':') == user.length() - 1) {
            return Optional.of("the password before the @ is empty; set it, or remove the user, the colon and the @");
        }
        return BAD_PERCENT.matcher(user).find()
                ? Optional.of(
                        "a % before the @ is not followed by two hexadecimal digits; write %25 for a % in the user"
                                + " name or the password")
                : Optional.empty();
    }

    private static Stream<String> parts(String text) {
        return Stream.of(text.split("[,;]", -1));
    }

    /** The connection in the scaler's syntax, without the password. */
    private static String translated(String text, Names names) {
        // what follows an assignment may be the rest of a password
        List<String> addresses = parts(text)
                .takeWhile(part -> !ASSIGNMENT.matcher(part).matches())
                .toList();
        List<Node> nodes = addresses.stream()
                .flatMap(part -> Node.parse(part.strip(), REDIS_PORT).stream())
                .toList();
        boolean readable = !nodes.isEmpty()
                && nodes.size() == addresses.size()
                && addresses.stream().allMatch(part -> part.indexOf(':') >= 0 || part.indexOf('.') >= 0);
        boolean tls = assigned(text, "ssl").map("true"::equals).orElse(false);
        String database = assigned(text, "defaultdatabase")
                .filter(index -> index.matches("\\d{1,4}"))
                .map(index -> "/" + index)
                .orElse("");
        String url = (tls ? "rediss://" : "redis://")
                + (readable ? nodes.stream().map(Node::toString).collect(Collectors.joining(",")) : "host:port")
                + database;
        return "is a connection string in Azure's form; it is not shown, since it contains a password; write "
                + names.url()
                + (names.equals(ConnectionReader.IN_FILE) ? ": " : "=") + url + ", and give the password as "
                + names.password() + " or " + names.passwordFile();
    }

    /** The value of an assignment, in lower case. */
    private static Optional<String> assigned(String text, String name) {
        return parts(text)
                .map(ASSIGNMENT::matcher)
                .filter(Matcher::matches)
                .filter(part -> part.group("name").toLowerCase(Locale.ROOT).equals(name))
                .map(part -> part.group("value").strip().toLowerCase(Locale.ROOT))
                .findFirst();
    }
}
