package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Hides a password in the text of a server. The server may echo it in upper or lower case, quoted as by Redis or JSON,
 * percent-encoded, in hexadecimal digits, or in Base64, alone or as part of a longer text such as {@code user:password}. A
 * text that has the password once its escapes (HTML, URL, C, UTF-16) are decoded is hidden as a whole.
 *
 * <p>A password of fewer than {@link #SHORT} bytes occurs in many words by chance. It is hidden only if no letter or digit
 * is next to it: hiding it within the well-known words of Redis would reveal it.
 */
final class HiddenSecret {

    static final String HIDDEN = "***";

    /** In bytes. */
    static final int SHORT = 4;

    /** In bytes. A shorter password may occur in the name of a node by chance, and that name must stay intact. */
    static final int LONG = 8;

    static final HiddenSecret NONE = new HiddenSecret(new byte[0]);

    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{2,}={0,2}");

    /** Escapes of HTML, URLs and C, by the group of their digits, and NUL. */
    private static final Pattern ESCAPE = Pattern.compile("(?i)&(amp|lt|gt|quot|apos|nbsp|sol|num|colon|commat|plus);"
            + "|&#x([0-9a-f]{1,6});?|&#([0-9]{1,7});?|%u([0-9a-f]{4})|%([0-9a-f]{2})|\\\\x([0-9a-f]{2})"
            + "|\\\\u([0-9a-f]{4})|\\\\([0-7]{1,3})|\0");

    private static final Map<String, String> NAMED = Map.ofEntries(
            Map.entry("amp", "&"),
            Map.entry("lt", "<"),
            Map.entry("gt", ">"),
            Map.entry("quot", "\""),
            Map.entry("apos", "'"),
            Map.entry("nbsp", " "),
            Map.entry("sol", "/"),
            Map.entry("num", "#"),
            Map.entry("colon", ":"),
            Map.entry("commat", "@"),
            Map.entry("plus", "+"));

    private static final int[] BASES = {16, 10, 16, 16, 16, 16, 8};

    /** How often escapes are decoded. */
    private static final int DECODED = 3;

    /** Base64 characters for three bytes. */
    private static final int BASE64_GROUP = 4;

    /** The password by characters, then by bytes: unchanged, in lower case, and in upper case. */
    private final List<String> forms;

    /** In bytes. */
    private final int length;

    /** Length of the shortest form, in characters. */
    private final int shortest;

    /** Hides these bytes; nothing if there are none. */
    HiddenSecret(byte[] secret) {
        String text = new String(secret, UTF_8);
        length = secret.length;
        forms = Stream.concat(
                        Stream.of(text, new String(secret, ISO_8859_1)),
                        Stream.of(text.toLowerCase(Locale.ROOT), text.toUpperCase(Locale.ROOT))
                                .map(form -> new String(form.getBytes(UTF_8), ISO_8859_1)))
                .distinct()
                .toList();
        shortest = forms.stream().mapToInt(String::length).min().orElseThrow();
    }

    boolean isEmpty() {
        return length == 0;
    }

    boolean isShort() {
        return length < SHORT;
    }

    boolean isLong() {
        return length >= LONG;
    }

    /**
     * The text with {@link #HIDDEN} in place of the password.
     *
     * @param text each character is a byte
     */
    String hideIn(String text) {
        if (length == 0 || text.length() < shortest) {
            return text;
        }
        String plain = hide(text, start -> Math.max(endOfText(text, start), endOfDigits(text, start)));
        Matcher base64 = BASE64.matcher(plain);
        String shown =
                base64.replaceAll(word -> isInBase64(word.group()) ? HIDDEN : Matcher.quoteReplacement(word.group()));
        return !isShort() && isInDecoded(shown) ? HIDDEN : shown;
    }

    /** Whether the password is in the text once escapes are decoded, up to {@link #DECODED} times. */
    private boolean isInDecoded(String text) {
        String before = text;
        for (int i = 0; i < DECODED; i++) {
            String decoded = decoded(before);
            if (decoded.equals(before)) {
                return false;
            }
            if (holds(decoded)) {
                return true;
            }
            before = decoded;
        }
        return false;
    }

    private static String decoded(String text) {
        return ESCAPE.matcher(text).replaceAll(escape -> Matcher.quoteReplacement(character(escape)));
    }

    /** The character of an escape; nothing for NUL, which is every second byte of ASCII in UTF-16. */
    private static String character(MatchResult escape) {
        if (escape.group(1) != null) {
            return NAMED.getOrDefault(escape.group(1).toLowerCase(Locale.ROOT), "?");
        }
        for (int i = 0; i < BASES.length; i++) {
            String digits = escape.group(i + 2);
            if (digits != null) {
                int code = Integer.parseInt(digits, BASES[i]);
                return Character.isValidCodePoint(code) ? Character.toString(code) : "?";
            }
        }
        return "";
    }

    private static String hide(String text, IntUnaryOperator endOfSecretAt) {
        var shown = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = endOfSecretAt.applyAsInt(at);
            if (end > at) {
                shown.append(HIDDEN);
                at = end;
            } else {
                shown.append(text.charAt(at));
                at++;
            }
        }
        return shown.toString();
    }

    /** End of the plain, quoted or percent-encoded password that begins here; -1 if none does. */
    private int endOfText(String text, int start) {
        for (String form : forms) {
            if (text.regionMatches(true, start, form, 0, form.length())
                    && standsAlone(text, start, start + form.length())) {
                return start + form.length();
            }
            for (Encoding encoding : Encoding.values()) {
                int end = endOfEncoded(text, start, form, encoding);
                if (end >= 0 && standsAlone(text, start, end)) {
                    return end;
                }
            }
        }
        return -1;
    }

    private boolean standsAlone(String text, int start, int end) {
        return !isShort() || (!isLetterOrDigit(text, start - 1) && !isLetterOrDigit(text, end));
    }

    private static boolean isLetterOrDigit(String text, int at) {
        return at >= 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at));
    }

    /** Encodings of characters: quoted, percent-encoded, or percent-encoded and quoted. */
    private enum Encoding {
        QUOTED,
        URL,
        BOTH
    }

    private static int endOfEncoded(String text, int start, String form, Encoding encoding) {
        int at = start;
        for (int i = 0; i < form.length(); i++) {
            if (at == text.length()) {
                return -1;
            }
            Unit unit = unit(text, at, encoding);
            if (Character.toLowerCase(unit.value) != Character.toLowerCase(form.charAt(i))) {
                return -1;
            }
            at = unit.end;
        }
        return at;
    }

    /** A decoded character and where it ends. */
    private record Unit(char value, int end) {}

    private static Unit unit(String text, int at, Encoding encoding) {
        char first = text.charAt(at);
        if (first == '\\' && encoding != Encoding.URL && at + 1 < text.length()) {
            return quoted(text, at);
        }
        if (first == '%' && encoding != Encoding.QUOTED) {
            int value = hexadecimal(text, at + 1);
            return value < 0 ? new Unit(first, at + 1) : new Unit((char) value, at + 3);
        }
        return new Unit(first == '+' && encoding != Encoding.QUOTED ? ' ' : first, at + 1);
    }

    private static Unit quoted(String text, int at) {
        char letter = text.charAt(at + 1);
        int value = switch (letter) {
            case 'x' -> hexadecimal(text, at + 2);
            case 'u' -> ofJson(text, at + 2);
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'a' -> 7;
            case 'b' -> '\b';
            default -> letter;
        };
        int length = switch (letter) {
            case 'x' -> 4;
            case 'u' -> 6;
            default -> 2;
        };
        return value < 0 ? new Unit('\\', at + 1) : new Unit((char) value, at + length);
    }

    private static int ofJson(String text, int at) {
        int high = hexadecimal(text, at);
        int low = hexadecimal(text, at + 2);
        return high < 0 || low < 0 ? -1 : 256 * high + low;
    }

    /** The byte of two hexadecimal digits; -1 if they are not. */
    private static int hexadecimal(String text, int at) {
        if (at + 2 > text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : 16 * high + low;
    }

    /** End of the password in hexadecimal digits that begins here; -1 if none does. */
    private int endOfDigits(String text, int start) {
        for (String form : forms) {
            int at = start;
            int matched = 0;
            while (matched < form.length()) {
                int digits = matched == 0 ? at : skipSeparator(text, at);
                int value = hexadecimal(text, digits);
                if (value < 0 || Character.toLowerCase((char) value) != Character.toLowerCase(form.charAt(matched))) {
                    break;
                }
                at = digits + 2;
                matched++;
            }
            if (matched == form.length() && standsAlone(text, start, at)) {
                return at;
            }
        }
        return -1;
    }

    private static int skipSeparator(String text, int at) {
        int next = at;
        while (next < text.length() && " :,-".indexOf(text.charAt(next)) >= 0) {
            next++;
        }
        return text.startsWith("0x", next) ? next + 2 : next;
    }

    /** Whether the word is Base64 of a text that contains the password. The Base64 may begin at any character. */
    private boolean isInBase64(String word) {
        String digits = word.replace('-', '+').replace('_', '/').replace("=", "");
        for (int skipped = 0; skipped < Math.min(BASE64_GROUP, digits.length()); skipped++) {
            String some = digits.substring(skipped);
            String whole = some.length() % BASE64_GROUP == 1 ? some.substring(0, some.length() - 1) : some;
            byte[] decoded = Base64.getDecoder().decode(whole);
            String text = new String(decoded, ISO_8859_1);
            if ((!isShort() || isPlain(text)) && holds(text)) {
                return true;
            }
        }
        return false;
    }

    private boolean holds(String text) {
        for (int start = 0; start < text.length(); start++) {
            if (endOfText(text, start) > start) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPlain(String text) {
        return text.strip().chars().allMatch(character -> character >= ' ' && character <= '~');
    }
}
