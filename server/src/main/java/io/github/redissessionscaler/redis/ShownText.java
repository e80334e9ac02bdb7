package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Set;

/** Makes text from a server printable: short ASCII without the password. */
final class ShownText {

    /** In characters. */
    static final int LONGEST = 512;

    /** Replies that must stay intact, whatever the password is. */
    private static final Set<String> STATUS =
            Set.of("OK", "PONG", "none", "string", "list", "set", "zset", "hash", "stream");

    private static final String UNKNOWN_COMMAND = "ERR unknown command";

    private ShownText() {}

    /**
     * Escapes everything but printable ASCII as {@code \xNN} and hides the password. The words by which errors are
     * recognised stay intact; so do errors that name a node, unless the password is {@link HiddenSecret#LONG}.
     */
    static String line(byte[] text, HiddenSecret secret) {
        String plain = new String(text, ISO_8859_1);
        if (STATUS.contains(plain)) {
            return plain;
        }
        if (plain.startsWith("MOVED ") || plain.startsWith("ASK ")) {
            return name(text, secret);
        }
        int kept = plain.startsWith(UNKNOWN_COMMAND)
                ? UNKNOWN_COMMAND.length()
                : RedisErrors.knownBeginning(plain).length();
        if (kept == 0 && secret.isShort()) {
            kept = Math.max(0, plain.indexOf(' '));
        }
        return cut(plain.substring(0, kept) + secret.hideIn(plain.substring(kept)));
    }

    /**
     * What is shown of a reply to a command that carried the password: the words by which an error is recognised, and
     * nothing else, because the server may repeat the password in a form that {@link HiddenSecret} does not know.
     *
     * @param command AUTH or HELLO
     */
    static String ofAuthentication(byte[] text, String command) {
        String plain = new String(text, ISO_8859_1);
        if (STATUS.contains(plain)) {
            return plain;
        }
        String known = plain.startsWith(UNKNOWN_COMMAND)
                ? UNKNOWN_COMMAND + " '" + command + "'"
                : RedisErrors.knownBeginning(plain);
        return known.isEmpty()
                ? "ERR (the reply to " + command + " is not shown, because it may contain the password)"
                : known;
    }

    /** The same for the name of a node, in which only a {@link HiddenSecret#LONG} password is hidden. */
    static String name(byte[] text, HiddenSecret secret) {
        String plain = new String(text, ISO_8859_1);
        return cut(secret.isLong() ? secret.hideIn(plain) : plain);
    }

    private static String cut(String text) {
        String shown = escaped(text);
        return shown.length() > LONGEST ? shown.substring(0, LONGEST - 3) + "..." : shown;
    }

    private static String escaped(String text) {
        var shown = new StringBuilder();
        for (int i = 0; i < text.length() && shown.length() <= LONGEST; i++) {
            char character = text.charAt(i);
            if (character >= ' ' && character <= '~') {
                shown.append(character);
            } else {
                shown.append("\\x%02x".formatted((int) character));
            }
        }
        return shown.toString();
    }
}
