package io.github.redissessionscaler.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TimelineTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int ROOM = 200;

    private final Timeline timeline = new Timeline();
    private Instant now = START;

    @Test
    void whatIsRecordedIsReadBack() {
        timeline.add(point(at(0), OptionalDouble.of(10), 100, false), ROOM);
        timeline.add(point(at(15), OptionalDouble.empty(), 100, true), ROOM);
        timeline.add(point(at(30), OptionalDouble.of(250), 300, false), ROOM);

        assertThat(all())
                .containsExactly(
                        point(at(0), OptionalDouble.of(10), 100, false),
                        point(at(15), OptionalDouble.empty(), 100, true),
                        point(at(30), OptionalDouble.of(250), 300, false));
        assertThat(timeline.since(at(15), at(30), ROOM)).hasSize(2);
        assertThat(timeline.since(at(31), at(31), ROOM)).isEmpty();
    }

    @Test
    void withinASecondTheMostSessionsStayAndAnOutageEndsWithTheNextCount() {
        timeline.add(point(at(0), OptionalDouble.of(10), 100, false), ROOM);
        timeline.add(point(at(0), OptionalDouble.of(30), 200, false), ROOM);
        assertThat(all()).containsExactly(point(at(0), OptionalDouble.of(30), 200, false));

        timeline.add(point(at(0), OptionalDouble.empty(), 300, true), ROOM);
        assertThat(all()).containsExactly(point(at(0), OptionalDouble.empty(), 300, true));

        timeline.add(point(at(0), OptionalDouble.of(20), 400, false), ROOM);
        assertThat(all()).containsExactly(point(at(0), OptionalDouble.of(20), 400, false));
    }

    @Test
    void anOutageInAPlotBeginsAndEndsWhereItDid() {
        for (int second = 0; second < ROOM - 1; second++) {
            boolean outage = second >= 33 && second < 77;
            now = at(second);
            timeline.add(point(now, outage ? OptionalDouble.empty() : OptionalDouble.of(second), 100, outage), ROOM);
        }

        List<HistoryPoint> plot = timeline.since(START, now, 20);

        assertThat(plot).allMatch(point -> point.outage() == point.sessions().isEmpty());
        assertThat(plot.stream()
                        .filter(HistoryPoint::outage)
                        .findFirst()
                        .orElseThrow()
                        .at())
                .isEqualTo(at(33));
        assertThat(plot.stream()
                        .filter(point -> point.at().isAfter(at(60)) && !point.outage())
                        .findFirst()
                        .orElseThrow()
                        .at())
                .isEqualTo(at(77));
    }

    @Test
    void manyOutagesTakeNoMoreRoom() {
        for (int second = 0; second < 20_000; second++) {
            boolean outage = second % 2 == 0;
            now = at(second);
            timeline.add(point(now, outage ? OptionalDouble.empty() : OptionalDouble.of(5), 100, outage), ROOM);
        }

        assertThat(all()).hasSizeBetween(1, ROOM);
        assertThat(timeline.since(START, now, 20)).hasSizeBetween(1, 40);
    }

    @Test
    void aClockThatReadsEarlierOnAnotherThreadDoesNoHarm() {
        timeline.add(point(at(20), OptionalDouble.of(1), 100, false), ROOM);
        timeline.add(point(at(50), OptionalDouble.of(2), 100, false), ROOM);
        timeline.add(point(at(49), OptionalDouble.of(3), 100, false), ROOM);

        assertThat(all()).extracting(HistoryPoint::at).containsExactly(at(20), at(50));
        assertThat(all().getLast().sessions()).hasValue(3);
    }

    @Test
    void itNeverHasMorePointsThanRoom() {
        for (int second = 0; second < 100_000; second++) {
            recordEverySecond(second, second % 1000);
            assertThat(timeline.since(START, now, Integer.MAX_VALUE)).hasSizeBetween(1, ROOM);
            second += 9;
        }
    }

    @Test
    void theNewestPartIsFineAndTheOldestIsStillThere() {
        IntStream.range(0, 86_400).forEach(second -> recordEverySecond(second, 5));

        List<HistoryPoint> points = all();
        assertThat(points.getFirst().at()).isEqualTo(START);
        assertThat(points.getLast().at()).isEqualTo(now);
        for (int i = 1; i < points.size(); i++) {
            Duration distance =
                    Duration.between(points.get(i - 1).at(), points.get(i).at());
            Duration age = Duration.between(points.get(i).at(), now);
            assertThat(distance).isLessThanOrEqualTo(age.dividedBy(5).plusSeconds(60));
        }
        assertThat(timeline.since(now.minusSeconds(20), now, ROOM)).hasSizeGreaterThan(15);
    }

    @Test
    void noPeakIsLost() {
        IntStream.range(0, 86_400).forEach(second -> recordEverySecond(second, second == 4321 ? 999 : second % 7));

        assertThat(all()).contains(point(at(4321), OptionalDouble.of(999), 100, false));
    }

    @Test
    void whatIsOlderThanAWeekIsForgotten() {
        int week = (int) Timeline.KEPT.toSeconds();
        IntStream.range(0, 2 * week / 60).forEach(minute -> {
            now = at(60L * minute);
            timeline.add(point(now, OptionalDouble.of(1), 100, false), ROOM);
        });

        assertThat(all().getFirst().at())
                .isAfter(now.minus(Timeline.KEPT.multipliedBy(2)).plusSeconds(week / 2));
    }

    @Test
    void whereThereAreMoreTriggersEachHasLessRoomFromItsNextPointOn() {
        IntStream.range(0, 1000).forEach(second -> recordEverySecond(second, 5));
        now = at(1000);

        timeline.add(point(now, OptionalDouble.of(1), 100, false), 48);

        assertThat(all()).hasSizeLessThanOrEqualTo(48);
    }

    @Test
    void withoutRoomNothingIsKept() {
        timeline.add(point(at(0), OptionalDouble.of(10), 100, false), 0);

        assertThat(all()).isEmpty();
    }

    @Test
    void aPlotHasAboutAsManyPointsAsItWantsAndEveryPeak() {
        IntStream.range(0, ROOM).forEach(second -> recordEverySecond(second, second == 77 ? 999 : 5));

        List<HistoryPoint> plot = timeline.since(START, now, 20);

        assertThat(plot).hasSizeBetween(10, 20);
        assertThat(plot).contains(point(at(77), OptionalDouble.of(999), 100, false));
    }

    private void recordEverySecond(int second, double sessions) {
        now = at(second);
        timeline.add(point(now, OptionalDouble.of(sessions), 100, false), ROOM);
    }

    private List<HistoryPoint> all() {
        return timeline.since(Instant.EPOCH, now, Integer.MAX_VALUE);
    }

    private static Instant at(long second) {
        return START.plusSeconds(second);
    }

    private static HistoryPoint point(Instant at, OptionalDouble sessions, double capacity, boolean outage) {
        return new HistoryPoint(
                at,
                sessions,
                outage ? OptionalDouble.empty() : OptionalDouble.of(capacity),
                (long) capacity / 100,
                capacity,
                outage ? TriggerReport.Basis.ERROR : TriggerReport.Basis.MEASURED);
    }
}
