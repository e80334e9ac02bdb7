package io.github.redissessionscaler.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
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
