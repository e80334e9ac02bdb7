package io.github.redissessionscaler.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DayTest {

    @ParameterizedTest
    @CsvSource({
        "5, 85", // before the day
        "6, 85",
        "6.5, 138", // half-way between 85 and 190, rounded up
        "7, 190",
        "10.5, 880",
        "12.5, 640",
        "20.5, 780",
        "28, 25",
        "30, 80",
        "31, 80" // after it
    })
    void comesInTheMorningAtNoonAndInTheEvening(double hour, long sessions) {
        assertThat(Day.sessionsAt(hour)).isEqualTo(sessions);
    }

    @Test
    void standsStillUntilItBegins() {
        var day = new Day(Duration.ofMinutes(5));
        Instant start = day.now();

        assertThat(day.now()).isEqualTo(start);
        assertThat(Day.clock(start)).isEqualTo(LocalTime.of(6, 0));
        assertThat(day.sessions()).isEqualTo(85);

        day.begin();

        assertThat(day.now()).isAfter(start);
    }

    @Test
    void passesFasterThanADay() {
        var day = new Day(Duration.ofMinutes(5));

        assertThat(day.toRealTime(Duration.ofDays(1))).isEqualTo(Duration.ofMinutes(5));
        assertThat(day.toDayTime(Duration.ofMinutes(5))).isEqualTo(Duration.ofDays(1));
    }
}
