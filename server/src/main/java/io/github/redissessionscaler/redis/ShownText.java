package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Text of a server, for people to read: plain ASCII, short, without the password. */
final class ShownText {

    /** In characters. */
    static final int LONGEST = 512;

    /** Fewer bytes of a password than this may be part of the name of an error by chance. */
    private static final int SHORT = 4;

    private static final String HIDDEN = "***";

    private ShownText() {}

    /**
     * The text with everything but plain ASCII escaped as {@code \xNN}.
     *
     * @param secret the password that the server was sent, which it may repeat as it is or as Redis quotes it; or nothing. A
     *     very short one stays in the first word, which names the kind of an error
     */
    static String of(byte[] text, byte[] secret) {
        String plain = new String(text, ISO_8859_1);
        int firstWord = secret.length < SHORT ? Math.max(0, plain.indexOf(' ')) : 0;
        String rest = plain.substring(firstWord);
        if (secret.length > 0) {
            String password = new String(secret, ISO_8859_1);
            rest = rest.replace(password, HIDDEN).replace(quoted(password), HIDDEN);
        }
        String shown = escaped(plain.substring(0, firstWord) + rest);
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

    /** As Redis repeats an argument in an error. */
    private static String quoted(String text) {
        var quoted = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            switch (character) {
                case '\\', '"' -> quoted.append('\\').append(character);
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case 7 -> quoted.append("\\a");
                case '\b' -> quoted.append("\\b");
                default -> {
                    if (character >= ' ' && character <= '~') {
                        quoted.append(character);
                    } else {
                        quoted.append("\\x%02x".formatted((int) character));
                    }
                }
            }
        }
        return quoted.toString();
    }
}
