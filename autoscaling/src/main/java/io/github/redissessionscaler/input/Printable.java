package io.github.redissessionscaler.input;

import java.util.regex.Pattern;

/** Formats user input for one line of a message. */
public final class Printable {

    /** How many characters of the input are shown at most. */
    static final int SHOWN = 64;

    private static final String CLIPPED = "…";

    /** Replaces a text that may contain a credential. */
    public static final String HIDDEN = "the value (not shown, since it may contain a password)";

    /** User information in a URL, an assignment such as those of connection strings, and a private key. */
    private static final Pattern CREDENTIAL = Pattern.compile(
            "(?i)://|[^\\s:@/]*:[^\\s@]*@|-----BEGIN|(?:pass|pwd|secret|token|key|user|auth)[\\w-]*[\"']?\\s*="
                    + "|(?:passw|pwd|secret)[\\w-]*[\"']?\\s*:");

    /** An absolute path, one that begins with a dot, or one that ends as the names of the files that settings name. */
    private static final Pattern PATH = Pattern.compile("(?:\\.{0,2}/|[A-Za-z]:[/\\\\])[\\w.,+ /\\\\-]*"
            + "|[\\w.,+/\\\\-]{1,256}\\.(?:ya?ml|json|pem|crt|cer|key|sock)");

    private static final Pattern NUMBER = Pattern.compile("[-+]?[\\d.,:]{1,25} ?[A-Za-z%µ]{0,4}|[-+]?[A-Za-z]{1,12}");

    private static final Pattern NAME = Pattern.compile("[\\w.-]{1,64}");

    private Printable() {}

    /** The text in single quotes, clipped, with control and formatting characters escaped. */
    public static String of(String text) {
        return "'" + plain(text) + "'";
    }

    /** The same for a rejected text, or {@link #HIDDEN} if it looks like a credential. */
    public static String refused(String text) {
        return CREDENTIAL.matcher(text).find() ? HIDDEN : of(text);
    }

    /** The same for a text in place of a number or a word, or {@link #HIDDEN} if it is neither. */
    public static String value(String text) {
        return NUMBER.matcher(text).matches() ? of(text) : HIDDEN;
    }

    /** The same for a text in place of a path, or {@link #HIDDEN} if it does not look like a path. */
    public static String path(String text) {
        return PATH.matcher(text).matches() && !CREDENTIAL.matcher(text).find() ? of(text) : HIDDEN;
    }

    /** An unknown key without quotes, hidden if it does not look like a name. */
    public static String name(String text) {
        return NAME.matcher(text).matches() ? text : "(a key, not shown since it may contain a password)";
    }

    /** The text without quotes, under the same rules. */
    public static String plain(String text) {
        return plain(text, SHOWN);
    }

    /** The same with at most {@code most} characters. */
    public static String plain(String text, int most) {
        var shown = new StringBuilder();
        text.codePoints().limit(most).forEach(character -> append(shown, character));
        return text.codePointCount(0, text.length()) > most ? shown + CLIPPED : shown.toString();
    }

    private static void append(StringBuilder shown, int character) {
        switch (character) {
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default -> {
                if (isPlain(character)) {
                    shown.appendCodePoint(character);
                } else {
                    shown.append("\\u{%x}".formatted(character));
                }
            }
        }
    }

    /** Whether it neither controls a terminal nor reorders text, and is not half of a surrogate pair. */
    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
