package io.github.redissessionscaler.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class QuotedTest {

    @Test
    void plainTextIsQuotedAsItIs() {
        assertThat(Quoted.of("größer 20% ✓ 😀")).isEqualTo("'größer 20% ✓ 😀'");
        assertThat(Quoted.of("")).isEqualTo("''");
    }

    @Test
    void whatControlsOrReordersTheLineIsEscaped() {
        assertThat(Quoted.of("a\nb\r\tc")).isEqualTo("'a\\nb\\r\\tc'");
        assertThat(Quoted.of("\u001b[31m\u0000\u202e\u2028")).isEqualTo("'\\u{1b}[31m\\u{0}\\u{202e}\\u{2028}'");
        assertThat(Quoted.of("\ud83d")).isEqualTo("'\\u{d83d}'");
    }

    @Test
    void longTextIsClippedBetweenCharacters() {
        assertThat(Quoted.of("x".repeat(Quoted.SHOWN))).isEqualTo("'" + "x".repeat(Quoted.SHOWN) + "'");
        assertThat(Quoted.of("😀".repeat(Quoted.SHOWN + 1))).isEqualTo("'" + "😀".repeat(Quoted.SHOWN) + "…'");
    }
}
