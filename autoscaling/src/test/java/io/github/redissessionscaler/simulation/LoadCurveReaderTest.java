package io.github.redissessionscaler.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.redissessionscaler.input.InvalidInputException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LoadCurveReaderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-02T08:00:00Z,5|2026-03-02T08:00:10Z,7",
                "2026-03-02T08:00Z,5|2026-03-02T08:00:10.000Z,7",
                "2026-03-02 08:00:00,5|2026-03-02 08:00:10,7",
                "2026-03-02T09:00:00+01:00,5|2026-03-02T09:00:10+01:00,7",
                "1772438400,5|1772438410,7",
                "1772438400000,5|1772438410000,7",
                "time,sessions|2026-03-02T08:00:00Z,5|2026-03-02T08:00:10Z,7",
                "\"Time\";\"Sessions\"|\"2026-03-02T08:00:00Z\";\"5\"|\"2026-03-02T08:00:10Z\";\"7\"",
                "# what it is|sessions,host,time|5,a,2026-03-02T08:00:00Z||7,b,2026-03-02T08:00:10Z"
            })
    void readsTimesOfTheCalendar(String lines) {
        LoadCurve curve = read(lines);

        assertThat(curve.scale()).isEqualTo(TimeScale.CALENDAR);
        assertThat(curve.span())
                .isEqualTo(new Span(Instant.parse("2026-03-02T08:00:00Z"), Instant.parse("2026-03-02T08:00:10Z")));
        assertThat(curve.sessionsAt(Instant.parse("2026-03-02T08:00:00Z"))).isEqualTo(5);
        assertThat(curve.sessionsAt(Instant.parse("2026-03-02T08:00:05Z"))).isEqualTo(6);
        assertThat(curve.sessionsAt(Instant.parse("2026-03-02T08:00:10Z"))).isEqualTo(7);
        assertThat(curve.most()).isEqualTo(7);
        assertThat(curve.outages()).isEmpty();
    }

    /** Panels exported by Grafana: for Excel, with units, several series, quoted names, and times of the browser or of 1970. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sep=,/\"Time\",\"shop\"/2026-03-02 08:00:00,5/2026-03-02 08:00:10,7",
                "sep=;/Time;shop/2026-03-02 08:00:00;5/2026-03-02 08:00:10;7",
                "\"Time\",\"keys, of \"\"shop\"\"\"/1772438400000,5/1772438410000,7",
                "\"Time\",\"{db=\"\"0\"\", job=\"\"a;b\"\"}\"/\"1772438400000\",\"5\"/\"1772438410000\",\"7\"",
                "Time,shop/2026-03-02 08:00:00.000,5 sessions/2026-03-02 08:00:10.000,7 sessions",
                "Time,shop/2026-03-02 08:00:00,0.005 K/2026-03-02 08:00:10,0.007 K",
                "Time,shop/2026-03-02T08:00:00+00:00,5/2026-03-02T08:00:05+00:00,null/2026-03-02T08:00:10+00:00,7",
                "Time,shop/2026-03-02 08:00:00,5/2026-03-02 08:00:05,undefined/2026-03-02 08:00:10,7",
                "Series;Time;Value/shop;2026-03-02T08:00:00+00:00;5/shop;2026-03-02T08:00:10+00:00;7"
            })
    void readsWhatGrafanaExports(String file) {
        LoadCurve curve = LoadCurveReader.read(Arrays.stream(file.split("/")));

        assertThat(curve.sessionsAt(Instant.parse("2026-03-02T08:00:00Z"))).isEqualTo(5);
        assertThat(curve.sessionsAt(Instant.parse("2026-03-02T08:00:10Z"))).isEqualTo(7);
    }

    @Test
    void refusesMorePointsThanMemoryHasRoomFor() {
        assertThatThrownBy(
                        () -> LoadCurveReader.read(IntStream.range(0, 700_000).mapToObj(second -> second + ",5")))
                .hasMessage("line 600001: the load curve has more than 600000 points; give a shorter time, or fewer"
                        + " lines for it");
        assertThatThrownBy(() -> LoadCurveReader.read(Stream.concat(
                        Stream.of("Series,Time,Value"),
                        IntStream.range(0, 200_000).mapToObj(second -> "shop," + second + ",5"))))
                .hasMessage("line 100002: the load curve has more than 100000 values; give a shorter time, or fewer"
                        + " lines for it");
    }

    /** As browsers write times in several countries. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Time;shop|02.03.2026, 08:00:00;5|02.03.2026, 08:00:10;7",
                "Time;shop|2.3.2026 8:00;5|2.3.2026 08:00:10;7",
                "\"Time\",\"shop\"|\"02/03/2026, 08:00:00\",5|\"02/03/2026, 08:00:10\",7",
                "\"Time\",\"shop\"|\"3/2/2026, 8:00:00 AM\",5|\"3/2/2026, 8:00:10 AM\",7",
                "\"Time\",\"shop\"|\"3/2/2026, 8:00:00\u202fam\",5|\"3/2/2026, 8:00:10\u202fam\",7",
                "Time,shop|2026/3/2 8:00:00,5|2026/3/2 8:00:10,7",
                "Time,shop|2026-3-2 8:00:00,5|2026-3-2 8:00:10,7"
            })
    void readsTimesAsBrowsersWriteThem(String lines) {
        LoadCurve curve = read(lines);

        assertThat(curve.scale()).isEqualTo(TimeScale.CALENDAR);
        assertThat(curve.span())
                .isEqualTo(new Span(Instant.parse("2026-03-02T08:00:00Z"), Instant.parse("2026-03-02T08:00:10Z")));
    }

    /** A line for each value, as older versions of Grafana export several series. */
    @Test
    void addsSeriesThatAreBelowEachOther() {
        List<String> lines = List.of(
                "Series;Time;Value",
                "web;0;1",
                "web;10;2",
                "web;20;",
                "web;30;3",
                "shop;0;10",
                "shop;10;20",
                "shop;15;20",
                "shop;20;null",
                "shop;30;30");
        LoadCurve both = LoadCurveReader.read(lines.stream(), List.of("web", "SHOP"));

        assertThat(both.points()).isEqualTo(4);
        assertThat(both.sessionsAt(at(10))).isEqualTo(22);
        assertThat(both.sessionsAt(at(30))).isEqualTo(33);
        assertThat(both.outages()).containsExactly(new Span(at(20), at(30)));
        assertThat(LoadCurveReader.read(lines.stream(), List.of("shop")).sessionsAt(at(15)))
                .isEqualTo(20);
        assertThatThrownBy(() -> LoadCurveReader.read(lines.stream()))
                .hasMessageContaining("has several series; choose with --column: 'web', 'shop'");
        assertThatThrownBy(() -> LoadCurveReader.read(lines.stream(), List.of("api")))
                .hasMessageContaining("has no series 'api'; its series are 'web', 'shop'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,234 | 1234",
                "1\u00a0234 | 1234",
                "12\u202f345.5 | 12345.5",
                "1'234'567 | 1234567",
                "1.2\u00a0K | 1200",
                "1,234,567.5 | 1234567.5",
                "1.2 K | 1200",
                "1.2K | 1200",
                "3 Mil | 3000000",
                "12 open sessions | 12"
            })
    void readsNumbersWithUnits(String text, double number) {
        assertThat(SessionsCell.parse(text)).hasValue(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12,34", "1,2345", "-3", "12 %", "K", "12sessions", "1e3", "1.2.3", "9999999999999"})
    void refusesWhatIsNoNumberOfSessions(String text) {
        assertThat(SessionsCell.parse(text)).isEmpty();
    }

    @Test
    void addsColumnsByTheirNames() {
        List<String> lines =
                List.of("Time,web,shop,Sessions", "0,1,10,100", "5,,10,100", "10,2,20,200", "20,-,,5", "30,3,30,300");

        assertThat(LoadCurveReader.read(lines.stream()).sessionsAt(at(10))).isEqualTo(200);
        LoadCurve both = LoadCurveReader.read(lines.stream(), List.of("web", "SHOP"));
        assertThat(both.sessionsAt(at(0))).isEqualTo(11);
        // the line of second 5 has one of the values only
        assertThat(both.points()).isEqualTo(4);
        assertThat(both.sessionsAt(at(10))).isEqualTo(22);
        assertThat(both.outages()).containsExactly(new Span(at(20), at(30)));
    }

    @Test
    void doesNotGuessWhichColumnIsMeant() {
        assertThatThrownBy(() -> read("Time,web,shop|0,1,10|10,2,20"))
                .hasMessageContaining("line 1: has several columns; choose with --column: 'web', 'shop'")
                .satisfies(failure ->
                        assertThat(((InvalidInputException) failure).problems()).hasSize(1));
        assertThatThrownBy(() -> LoadCurveReader.read(Stream.of("Time,web", "0,1", "1,2"), List.of("shop")))
                .hasMessageContaining("line 1: has no column 'shop'; its columns are 'web'");
        assertThatThrownBy(() -> LoadCurveReader.read(Stream.of("0,1", "1,2"), List.of("shop")))
                .hasMessageContaining("line 1: has no names of columns");
    }

    @Test
    void readsTimesOfTheDayOverMidnight() {
        LoadCurve curve = read("23:30,5|23:59:30,6|00:15,7|23:45,8|00:00,9");

        assertThat(curve.scale()).isEqualTo(TimeScale.ELAPSED);
        assertThat(curve.span()).isEqualTo(new Span(at(23 * 3600 + 1800), at(48 * 3600)));
        assertThat(curve.scale().format(curve.span().to())).isEqualTo("48:00:00");
    }

    @Test
    void readsSecondsAndHoursThatWereCountedOn() {
        assertThat(read("0,5|90.5,6").span()).isEqualTo(new Span(at(0), Instant.ofEpochMilli(90_500)));
        assertThat(read("0:00,5|25:30,6").span()).isEqualTo(new Span(at(0), at(25 * 3600 + 1800)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "unavailable", "NaN", " ", "undefined", "+Inf", "N/A"})
    void readsOutagesOfRedis(String mark) {
        LoadCurve curve = read("0,100|10,%s|20,%s|30,400|40,%s|50,".formatted(mark, mark, mark));

        assertThat(curve.outages()).containsExactly(new Span(at(10), at(30)), new Span(at(40), at(50)));
        assertThat(curve.unavailableAt(at(9))).isFalse();
        assertThat(curve.unavailableAt(at(10))).isTrue();
        assertThat(curve.unavailableAt(at(29))).isTrue();
        assertThat(curve.unavailableAt(at(30))).isFalse();
        assertThat(curve.sessionsAt(at(15))).isEqualTo(250);
        assertThat(curve.sessionsAt(at(50))).isEqualTo(400);
        assertThat(curve.mostWithin(new Span(at(0), at(20)))).isEqualTo(300);
    }

    @Test
    void reportsEveryInvalidLineByItsNumber() {
        assertThatThrownBy(() -> read("time,sessions|08:00,5|eight,6|08:05,-3|08:04,six|08:00,7|only"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("line 3: 'eight' is not a time in the form of the previous lines")
                .hasMessageContaining("line 4: '-3' is not a number of sessions")
                .hasMessageContaining("line 5: 'six' is not a number of sessions")
                .hasMessageContaining("line 6: its time is not after that of the previous line")
                .hasMessageContaining("line 7: has no 2 columns")
                .satisfies(failure ->
                        assertThat(((InvalidInputException) failure).problems()).hasSize(5));
    }

    @Test
    void reportsTheFirstInvalidLinesAndTheNumberOfOthers() {
        assertThatThrownBy(() -> LoadCurveReader.read(IntStream.range(0, 5000).mapToObj(line -> line + ",bad")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("line 20: ")
                .hasMessageNotContainingAny("line 21: ")
                .hasMessageEndingWith("and 4980 more lines: have errors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "time,sessions", "08:00,5", "# nothing"})
    void aCurveHasTwoPoints(String lines) {
        assertThatThrownBy(() -> read(lines)).hasMessageContaining("the load curve: has fewer than two points");
    }

    @Test
    void aCurveHasANumber() {
        assertThatThrownBy(() -> read("08:00,-|09:00,-")).hasMessageContaining("contains no number of sessions");
    }

    @Test
    void aCurveIsNotLongerThanAYear() {
        assertThatThrownBy(() -> read("0,1|40000000,1")).hasMessageContaining("line 2: its time is more than 400 days");
    }

    private static LoadCurve read(String lines) {
        return LoadCurveReader.read(lines.isEmpty() ? Stream.empty() : Arrays.stream(lines.split("\\|", -1)));
    }

    private static Instant at(long second) {
        return Instant.ofEpochSecond(second);
    }
}
