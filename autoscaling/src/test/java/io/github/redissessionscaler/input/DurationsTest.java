package io.github.redissessionscaler.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "90s, PT1M30S",
        "30m, PT30M",
        "1h30m, PT1H30M",
        "2d, PT48H",
        "1d2h3m4s5ms, PT26H3M4.005S",
        "0s, PT0S",
        "9999999999d, PT239999999976H"
    })
    void unitsAreAddedUp(String text, Duration expected) {
        assertThat(Durations.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "30",
                "m",
                "30 m",
                "-5s",
                "+5s",
                "1.5h",
                "5m1h",
                "5m5m",
                "5min",
                "PT5M",
                "1H",
                "99999999999s",
                "٣s"
            })
    void otherTextIsRefused(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 | 0s | 1h | ; add a unit: 30s for seconds or 30m for minutes",
                "90 | 1s | 1h | ; add a unit: 90s for seconds",
                "5 | 1m | 1h | ; add a unit: 5m for minutes",
                "5 | 1h | 2h | ''",
                "0 | 0s | 1h | ; add a unit: 0s",
                "0 | 1s | 1h | ''",
                "soon | 0s | 1h | ''"
            })
    void suggestsTheUnitsWithWhichABareNumberIsInTheRange(String text, String least, String most, String remedy) {
        assertThat(Durations.remedy(
                        text,
                        Durations.parse(least).orElseThrow(),
                        Durations.parse(most).orElseThrow()))
                .isEqualTo(remedy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"500ms", "1m30s", "30m", "1h30m", "2d", "1d2h3m4s5ms", "0s"})
    void whatIsFormattedIsParsedBack(String text) {
        assertThat(Durations.parse(text).map(Durations::format)).contains(text);
    }
}
