package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HiddenSecretTest {

    static final List<String> PASSWORDS = List.of(
            "hunter2", "Hunter 2/é?#@:%", "%25+\\x\"", "p=d&c<>", "ABCDEFG", "aaaaaaaa", "\u20ac\u20ac", "0x70+-_/");

    /** What a server may make of a password. */
    private static Stream<String> forms(String password) {
        byte[] bytes = password.getBytes(UTF_8);
        String pair = "scaler:" + password;
        String url = URLEncoder.encode(password, UTF_8);
        String digits = HexFormat.of().formatHex(bytes);
        return Stream.of(
                password,
                password.toUpperCase(Locale.ROOT),
                password.toLowerCase(Locale.ROOT),
                "\"" + password.replace("\\", "\\\\").replace("\"", "\\\"") + "\"",
                url,
                url.replace("+", "%20"),
                url.toLowerCase(Locale.ROOT),
                "%" + HexFormat.ofDelimiter("%").formatHex(bytes),
                "%" + HexFormat.ofDelimiter("%").withUpperCase().formatHex(bytes),
                "redis://scaler:" + url + "@redis:6379/0",
                pair,
                digits,
                digits.toUpperCase(Locale.ROOT),
                HexFormat.ofDelimiter(" ").formatHex(bytes),
                HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes),
                HexFormat.ofDelimiter(", ").withPrefix("0x").formatHex(bytes),
                HexFormat.of().withPrefix("\\x").formatHex(bytes),
                HexFormat.of().withPrefix("\\u00").formatHex(password.getBytes(ISO_8859_1)),
                Base64.getEncoder().encodeToString(bytes),
                Base64.getEncoder().withoutPadding().encodeToString(bytes),
                Base64.getUrlEncoder().encodeToString(bytes),
                Base64.getEncoder().encodeToString((password + "\n").getBytes(UTF_8)),
                Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)),
                Base64.getEncoder().encodeToString(("x" + pair).getBytes(UTF_8)),
                Base64.getEncoder().encodeToString(("xx" + pair).getBytes(UTF_8)),
                Base64.getEncoder().encodeToString(("redis://scaler:" + url + "@redis").getBytes(UTF_8)));
    }

    @ParameterizedTest
    @FieldSource("PASSWORDS")
    void aPasswordIsHiddenInEveryForm(String password) {
        assertThat(forms(password)
                        .filter(form ->
                                !form.contains("\\u003f") || password.chars().allMatch(c -> c < 256)))
                .allSatisfy(form -> {
                    String said = hidden(password, "ERR '" + form + "' is not the password");
                    assertThat(said)
                            .contains("***")
                            .endsWith("is not the password")
                            .hasSizeLessThan(60);
                    assertThat(said.replace("***", "")).doesNotContain("%", "=", "unter", "UNTER");
                });
    }

    /** What a server may make of a password by escapes, alone or one after another. */
    private static Stream<String> escaped(String password) {
        String url = URLEncoder.encode(password, UTF_8).replace("+", "%20");
        String html = password.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
        return Stream.of(
                "x" + html.replace("r", "&#114;"),
                password.chars().mapToObj(c -> "&#" + c + ";").collect(joining()),
                password.chars().mapToObj("&#x%x;"::formatted).collect(joining()),
                password.chars().mapToObj("\\%03o"::formatted).collect(joining()),
                password.chars().mapToObj("%%u%04x"::formatted).collect(joining()),
                url.replace("%", "%25").replace("t", "%2574"),
                url.replace("%", "%2525").replace("t", "%252574"),
                new String(password.getBytes(UTF_16LE), ISO_8859_1),
                new String(password.getBytes(UTF_16BE), ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "Hunter 2/\u00e9?#@:%", "p=dter&c<>r", "interr+-_/"})
    void aTextThatHasThePasswordInEscapesIsHidden(String password) {
        assertThat(escaped(password)).allSatisfy(form -> {
            String shown = new HiddenSecret(password.getBytes(UTF_8)).hideIn("ERR '" + form + "' is not the password");
            assertThat(shown).contains("***").doesNotContain("nter", "ter2", "n\0t\0e", "114");
        });
    }

    @Test
    void theReplyToAuthIsNotShown() {
        assertThat(auth("ERR you said hunter2, HUNTER2 or whatever")).doesNotContainIgnoringCase("hunter", "you said");
        assertThat(auth("hunter2")).isEqualTo(auth("ERR"));
        assertThat(auth("WRONGPASS invalid password hunter2")).isEqualTo("WRONGPASS");
        assertThat(auth("ERR unknown command `AUTH`, with args beginning with: `hunter2`"))
                .isEqualTo("ERR unknown command 'AUTH'");
        assertThat(auth("ERR AUTH <password> called without any password configured for the default user."))
                .isEqualTo("ERR AUTH <password> called without any password configured");
        assertThat(auth("OK")).isEqualTo("OK");
    }

    private static String auth(String reply) {
        return ShownText.ofAuthentication(reply.getBytes(UTF_8), "AUTH");
    }

    @Test
    void theFewestCharactersAreHidden() {
        assertThat(hidden("hunter2", "AUTH scaler HUNTER2 at redis://scaler:hunter%32@host"))
                .isEqualTo("AUTH scaler *** at redis://scaler:***@host");
        assertThat(hidden("hunter2", "twice hunter2hunter2.")).isEqualTo("twice ******.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        a   | a wrong command says a, 'A', %61, 61 and YQ== | *** wrong command says ***, '***', ***, *** and ***
        max | max number of maximal clients (bWF4, 6d6178)  | *** number of maximal clients (***, ***)
        p:d | user:p:d@host, dXNlcjpwOmQ=                   | user:***@host, ***
        """)
    void aVeryShortPasswordIsHiddenWhereItStandsAlone(String password, String text, String shown) {
        assertThat(hidden(password, text)).isEqualTo(shown);
    }

    @Test
    void otherTextStays() {
        String text = "ERR Protocol error: 68756e, aHVudA==, hunter%, \\x68, base64/url-safe_words+and 0x, \\";

        assertThat(hidden("hunter2", text)).isEqualTo(text);
        assertThat(new HiddenSecret(new byte[0]).hideIn(text)).isEqualTo(text);
    }

    /** A password may be a word that the scaler reads in a reply. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        busy     | BUSY Redis is busy             | BUSY Redis is ***
        clients  | ERR max number of clients      | ERR max number of clients
        command  | ERR unknown command 'TYPE'     | ERR unknown command 'TYPE'
        6379     | MOVED 866 redis-1:6379         | MOVED 866 redis-1:6379
        redis    | ASK 866 redis-1:6379           | ASK 866 redis-1:6379
        hash     | hash                           | hash
        OK       | OK                             | OK
        ERR      | ERR no                         | ERR no
        loading  | The loading of it              | The *** of it
        """)
    void whatTheScalerReadsStays(String password, String line, String shown) {
        assertThat(ShownText.line(line.getBytes(UTF_8), new HiddenSecret(password.getBytes(UTF_8))))
                .isEqualTo(shown);
    }

    @Test
    void theNameOfANodeHoldsNoLongPassword() {
        assertThat(ShownText.name("redis-0.redis".getBytes(UTF_8), new HiddenSecret("redis".getBytes(UTF_8))))
                .isEqualTo("redis-0.redis");
        assertThat(ShownText.name(
                        "a-Hunter2-hunter2-b".getBytes(UTF_8), new HiddenSecret("hunter2-hunter2".getBytes(UTF_8))))
                .isEqualTo("a-***-b");
    }

    private static String hidden(String password, String text) {
        return new String(
                new HiddenSecret(password.getBytes(UTF_8))
                        .hideIn(new String(text.getBytes(UTF_8), ISO_8859_1))
                        .getBytes(ISO_8859_1),
                UTF_8);
    }
}
