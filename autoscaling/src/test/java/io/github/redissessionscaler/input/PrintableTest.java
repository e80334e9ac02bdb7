package io.github.redissessionscaler.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintableTest {

    @Test
    void plainTextIsQuotedAsItIs() {
        assertThat(Printable.of("größer 20% ✓ 😀")).isEqualTo("'größer 20% ✓ 😀'");
        assertThat(Printable.of("")).isEqualTo("''");
    }

    @Test
    void whatControlsOrReordersTheLineIsEscaped() {
        assertThat(Printable.of("a\nb\r\tc")).isEqualTo("'a\\nb\\r\\tc'");
        assertThat(Printable.of("\u001b[31m\u0000\u202e\u2028")).isEqualTo("'\\u{1b}[31m\\u{0}\\u{202e}\\u{2028}'");
        assertThat(Printable.of("\ud83d")).isEqualTo("'\\u{d83d}'");
    }

    @Test
    void longTextIsClippedBetweenCharacters() {
        assertThat(Printable.of("x".repeat(Printable.SHOWN))).isEqualTo("'" + "x".repeat(Printable.SHOWN) + "'");
        assertThat(Printable.of("😀".repeat(Printable.SHOWN + 1))).isEqualTo("'" + "😀".repeat(Printable.SHOWN) + "…'");
    }
}
