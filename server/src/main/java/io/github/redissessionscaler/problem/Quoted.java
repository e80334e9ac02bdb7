package io.github.redissessionscaler.problem;

/** Renders what a user gave so that it fits into one line of a message. */
public final class Quoted {

    /** Characters of the input that are shown, at most. */
    static final int SHOWN = 64;

    private static final String CLIPPED = "…";

    private Quoted() {}

    /** The text in single quotes; long text clipped, control and formatting characters escaped. */
    public static String of(String text) {
        return "'" + plain(text) + "'";
    }

    /** The text without quotes, under the same rules. */
    public static String plain(String text) {
        var shown = new StringBuilder();
        text.codePoints().limit(SHOWN).forEach(character -> append(shown, character));
        return text.codePointCount(0, text.length()) > SHOWN ? shown + CLIPPED : shown.toString();
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

    /** Whether it neither controls a terminal, reorders the text around it, nor is half a character. */
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
