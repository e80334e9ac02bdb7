package io.github.redissessionscaler.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SuggestionsTest {

    private static final List<String> KNOWN = List.of("sessionSize", "sessionSizeKey", "key", "keyPattern", "holdFor");

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "abc, abc, 0",
        "'', abc, 3",
        "abc, '', 3",
        "abc, abd, 1",
        "abc, ab, 1",
        "abc, abcd, 1",
        "abc, acb, 1",
        "ab, ba, 1",
        "ca, abc, 3",
        "kitten, sitting, 3",
        "sesionSize, sessionSize, 1"
    })
    void distanceCountsInsertedDeletedReplacedAndSwappedCharacters(String from, String to, int expected) {
        assertThat(Suggestions.distance(from, to)).isEqualTo(expected);
        assertThat(Suggestions.distance(to, from)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "sesionSize, sessionSize",
        "sessionsize, sessionSize",
        "SESSIONSIZE, sessionSize",
        "sessoinSize, sessionSize",
        "sessionSizeKy, sessionSizeKey",
        "keys, key",
        "kye, key",
        "keypatern, keyPattern",
        "holdfro, holdFor"
    })
    void typingErrorsFindTheNameThatWasMeant(String given, String meant) {
        assertThat(Suggestions.to(given, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"''", "foo", "address", "password", "sizeOfTheSession"})
    void suggestsNothingForOtherWords(String given) {
        assertThat(Suggestions.to(given, KNOWN)).isEmpty();
    }

    @Test
    void theQuestionNamesTheNearestAndIsEmptyWithoutOne() {
        assertThat(Suggestions.question("keypatern", KNOWN)).isEqualTo("; did you mean 'keyPattern'?");
        assertThat(Suggestions.question("password", KNOWN)).isEmpty();
    }
}
