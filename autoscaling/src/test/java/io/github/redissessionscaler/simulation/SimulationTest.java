package io.github.redissessionscaler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.forecast.SessionCurve;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Load curves whose replicas are worked out by hand from the rules of Kubernetes and KEDA. KEDA polls at 0, 30, 60 ... s, the
 * HPA looks at 0, 15, 30 ... s, and both see what the curve has at that second. A curve is given by its steps: "60 111" are 111
 * sessions from the 60th second on, "60 -" a Redis that is unavailable from then on. The replicas are given by those at the start
 * and by each change: "1 60:2" is one, and two from the 60th second on.
 */
final class SimulationTest {

    private static final String END = "1200";

    @ParameterizedTest(name = "{0}")
    @MethodSource({"tolerance", "thousandths", "rounding", "bounds", "windows", "policies", "zero", "outages"})
    void theReplicasAreThoseWorkedOutByHand(String why, String settings, String steps, String replicas) {
        Outcome outcome = Simulation.run(curve(steps), settings(settings).read(why), 100);

        assertThat(inShort(outcome)).isEqualTo(replicas);
    }

    static Stream<Arguments> tolerance() {
        return Stream.of(
                of("1.01 is tolerated", "", "0 100, 60 101", "1"),
                of("1.1 is tolerated to the last", "", "0 100, 60 110", "1"),
                of("1.11 is not", "", "0 100, 60 111", "1 60:2"),
                of("nothing is tolerated", "tolerance=0", "0 100, 60 101", "1 60:2"),
                of("0.05 upwards, reached", "scaleUp.tolerance=0.05", "0 100, 60 105", "1"),
                of("0.05 upwards, passed", "scaleUp.tolerance=0.05", "0 100, 60 106", "1 60:2"),
                of("50m is the same", "scaleUp.tolerance=50m", "0 100, 60 106", "1 60:2"),
                of("the other direction keeps the cluster's", "scaleDown.tolerance=0", "0 100, 60 110", "1"),
                of("0.9 is tolerated to the last", "", "0 1000, 60 900", "10"),
                of(
                        "0.899 is not: 9 once the last recommendation of 10, at 45, is older than 300 s",
                        "",
                        "0 1000, 60 899",
                        "10 360:9"),
                of("1000 on 11 are 0.909, tolerated", "", "0 1100, 60 1000", "11"),
                of(
                        "unless nothing is; and a window that is specified ends with its 300th second",
                        "scaleDown.tolerance=0",
                        "0 1100, 60 1000",
                        "11 345:10"));
    }

    static Stream<Arguments> thousandths() {
        return Stream.of(
                of("a target of 0.5: one session needs two", "sessionSize=0.5", "0 0, 60 1", "1 60:2"),
                of("a target of 2.5: 5 need 2, 6 are 1.2 of that and need 3", "sessionSize=2.5", "0 5, 60 6", "2 60:3"),
                of(
                        "the least target: one session needs 1000, as fast as the HPA goes, as many as it may",
                        "sessionSize=0.001",
                        "0 0, 60 1",
                        "1 60:4 75:8 90:16 105:20"),
                of(
                        "a target of 0.0015 reaches the HPA as 0.002, so one session needs 500 and not 667",
                        "sessionSize=0.0015, maxReplicaCount=5000",
                        "0 0, 60 1",
                        "1 60:4 75:8 90:16 105:32 120:64 135:128 150:256 165:500"),
                of(
                        "100.001 are within the tolerance of 1, but need 2 where nothing is tolerated",
                        "headroom=0.001, tolerance=0",
                        "0 99, 60 100",
                        "1 60:2"),
                of("100.0009 reach the HPA as 100.001", "headroom=0.0009, tolerance=0", "0 99, 60 100", "1 60:2"),
                of("100.0004 reach the HPA as 100", "headroom=0.0004, tolerance=0", "0 99, 60 100", "1"));
    }

    static Stream<Arguments> rounding() {
        return Stream.of(
                of("101 are reported as 200", "wholeReplicas=true", "0 100, 60 101", "1 60:2"),
                of("100 as 100", "wholeReplicas=true", "0 50, 60 100", "1"),
                of("901 as 1000, which are 1.11 of 9", "wholeReplicas=true", "0 900, 60 901", "9 60:10"),
                of("1001 as 1100, which 10 tolerate", "wholeReplicas=true", "0 1000, 60 1001", "10"),
                of("1000 as 1000, which 11 tolerate", "wholeReplicas=true", "0 1001, 60 1000", "11"),
                of(
                        "with no tolerance exact at any size",
                        "wholeReplicas=true, tolerance=0",
                        "0 1000, 60 1001",
                        "10 60:11"),
                of("91 and 20 are 111", "headroom=20", "0 80, 60 91", "1 60:2"),
                of("90 and 20 are 110, tolerated", "headroom=20", "0 80, 60 90", "1"),
                of("93 and a fifth are 111.6", "headroom=20%", "0 80, 60 93", "1 60:2"),
                of("91 and a fifth are 109.2, tolerated", "headroom=20%", "0 80, 60 91", "1"),
                of(
                        "headroom comes before rounding: 100 and 0.5 are 200",
                        "headroom=0.5, wholeReplicas=true",
                        "0 99, 60 100",
                        "1 60:2"));
    }

    static Stream<Arguments> bounds() {
        return Stream.of(
                of("no session, and one replica", "", "0 0, 60 0", "1"),
                of("no session, and the minimum", "minReplicaCount=3", "0 0, 60 0", "3"),
                of("fewer than the minimum serves", "minReplicaCount=3", "0 500, 60 100", "5 360:3"),
                of("more than the maximum serves", "maxReplicaCount=3", "0 100, 60 1000", "1 60:3"),
                of("the maximum from the start", "maxReplicaCount=3", "0 1000, 60 1000", "3"));
    }

    static Stream<Arguments> windows() {
        return Stream.of(
                of("a dip shorter than 300 s", "", "0 500, 60 100, 300 500", "5"),
                of("the highest within the last 300 s counts", "", "0 100, 60 300, 75 100", "1 60:3 375:1"),
                of("no window downwards", "scaleDown.stabilizationWindowSeconds=0", "0 500, 60 100", "5 60:1"),
                of(
                        "60 s downwards: the last 5 was recommended at 45",
                        "scaleDown.stabilizationWindowSeconds=60",
                        "0 500, 60 100",
                        "5 105:1"),
                of(
                        "60 s upwards: the last 1 was recommended at 45, then 4 more",
                        "scaleUp.stabilizationWindowSeconds=60",
                        "0 100, 60 500",
                        "1 105:5"),
                of(
                        "a peak shorter than the window upwards",
                        "scaleUp.stabilizationWindowSeconds=60",
                        "0 100, 60 500, 90 100",
                        "1"));
    }

    static Stream<Arguments> policies() {
        return Stream.of(
                of("4, then twice as many, then the maximum", "", "0 100, 60 5000", "1 60:4 75:8 90:16 105:20"),
                of(
                        "the default once anything is specified: 4 more or as many again",
                        "scaleUp.selectPolicy=Max",
                        "0 100, 60 5000",
                        "1 60:5 75:10 90:20"),
                of("2 more a minute", "scaleUp.policies=2/1m", "0 100, 60 650", "1 60:3 120:5 180:7"),
                of(
                        "the lesser of 4 more and as many again",
                        "scaleUp.policies=4/15s + 100%/15s, scaleUp.selectPolicy=Min",
                        "0 100, 60 5000",
                        "1 60:2 75:4 90:8 105:12 120:16 135:20"),
                of(
                        "1 less a minute",
                        "scaleDown.stabilizationWindowSeconds=0, scaleDown.policies=1/1m",
                        "0 400, 60 100",
                        "4 60:3 120:2 180:1"),
                of(
                        "half of them a minute, the rest cut off",
                        "scaleDown.stabilizationWindowSeconds=0, scaleDown.policies=50%/1m",
                        "0 1000, 60 100",
                        "10 60:5 120:2 180:1"),
                of("never fewer", "scaleDown.selectPolicy=Disabled", "0 500, 60 100", "5"));
    }

    static Stream<Arguments> zero() {
        return Stream.of(
                of("active at the next poll", "activationSessionSize=0, minReplicaCount=0", "0 0, 40 5", "0 60:1"),
                of(
                        "10 are not more than 10",
                        "activationSessionSize=10, minReplicaCount=0",
                        "0 0, 40 10, 100 11",
                        "0 120:1"),
                of(
                        "a push does not wait for the poll",
                        "activationSessionSize=0, minReplicaCount=0, type=external-push",
                        "0 0, 40 5",
                        "0 40:1"),
                of(
                        "pushed active until 39, between two polls, and 300 s must have passed",
                        "activationSessionSize=0, minReplicaCount=0, type=external-push",
                        "0 50, 40 0",
                        "1 360:0"),
                of(
                        "KEDA starts the first, the HPA the others",
                        "activationSessionSize=0, minReplicaCount=0",
                        "0 0, 40 950",
                        "0 60:1 60:4 75:8 90:10"),
                of(
                        "active last at 30, and 300 s must have passed",
                        "activationSessionSize=0, minReplicaCount=0",
                        "0 50, 40 0",
                        "1 330:0"),
                of(
                        "a cooldown of 60 s",
                        "activationSessionSize=0, minReplicaCount=0, cooldownPeriod=60",
                        "0 50, 40 0",
                        "1 90:0"),
                of(
                        "polls every 10 s",
                        "activationSessionSize=0, minReplicaCount=0, cooldownPeriod=60, pollingInterval=10",
                        "0 50, 40 0",
                        "1 90:0"),
                of(
                        "the HPA goes to 1, KEDA to 0",
                        "activationSessionSize=0, minReplicaCount=0, cooldownPeriod=360",
                        "0 500, 40 0",
                        "5 345:1 390:0"),
                of(
                        "KEDA does not wait for the HPA's window: all end at once",
                        "activationSessionSize=0, minReplicaCount=0",
                        "0 500, 40 0",
                        "5 330:0"),
                of(
                        "a cooldown that is no multiple of the polling interval ends with the next poll",
                        "activationSessionSize=0, minReplicaCount=0, cooldownPeriod=301",
                        "0 50, 40 0",
                        "1 360:0"),
                of(
                        "none while idle, else at least 2",
                        "activationSessionSize=0, minReplicaCount=2, idleReplicaCount=0",
                        "0 50, 40 0, 500 50",
                        "2 330:0 510:2"),
                of("without activation Redis alone keeps it active", "minReplicaCount=0", "0 50, 40 0", "1"));
    }

    static Stream<Arguments> outages() {
        return Stream.of(
                of("minimum: 0 sessions, and the window", "", "0 500, 60 -", "5 360:1"),
                of("minimum, and nobody noticed", "", "0 500, 60 -, 120 500", "5"),
                of(
                        "minimum without a window",
                        "scaleDown.stabilizationWindowSeconds=0",
                        "0 500, 60 -, 120 500",
                        "5 60:1 120:5"),
                of("minimum, down to zero: inactive from 60 on", "minReplicaCount=0", "0 500, 60 -", "5 330:0"),
                of(
                        "a grace of 120 s from the failed reading at 60 on: the last 5 is recommended at 165",
                        "outageGrace=2m",
                        "0 500, 60 -",
                        "5 480:1"),
                of(
                        "hold for 5 minutes from the failed reading at 60 on: the last 5 is recommended at 345",
                        "onUnavailable=hold",
                        "0 500, 60 -",
                        "5 660:1"),
                of("hold for longer than it takes", "onUnavailable=hold, holdFor=1h", "0 500, 60 -", "5"),
                of("error: everything stays", "onUnavailable=error", "0 500, 60 -", "5"),
                of("error: KEDA ends none either", "onUnavailable=error, minReplicaCount=0", "0 500, 60 -", "5"),
                of(
                        "error with a fallback of 8: the HPA fails at 60 and 75, the poll at 90, and then the HPA is"
                                + " the fourth",
                        "onUnavailable=error, fallback.failureThreshold=3, fallback.replicas=8",
                        "0 500, 60 -",
                        "5 90:8"),
                of(
                        "polls that are too rare to count: the HPA fails at 60, 75, 90 and 105",
                        "onUnavailable=error, fallback.failureThreshold=3, fallback.replicas=8, pollingInterval=300",
                        "0 500, 60 -",
                        "5 105:8"),
                of(
                        "from a minimum of 0 on every poll counts: 60, 60, 75, 90",
                        "onUnavailable=error, fallback.failureThreshold=3, fallback.replicas=8, minReplicaCount=0",
                        "0 500, 60 -",
                        "5 90:8"),
                of(
                        "and with a threshold of 2 the third is the HPA's at 75",
                        "onUnavailable=error, fallback.failureThreshold=2, fallback.replicas=8, minReplicaCount=0",
                        "0 500, 60 -",
                        "5 75:8"),
                of(
                        "at zero the polls at 60, 90, 120 and 150 count, and a fallback is active",
                        "activationSessionSize=0, minReplicaCount=0, onUnavailable=error,"
                                + " fallback.failureThreshold=3, fallback.replicas=3",
                        "0 0, 60 -, 400 0",
                        "0 150:1 150:3 690:0"),
                of(
                        "a fallback of 2 waits for the window, too; the last 5 was recommended at 45",
                        "onUnavailable=error, fallback.failureThreshold=3, fallback.replicas=2",
                        "0 500, 60 -",
                        "5 360:2"),
                of(
                        "a fallback of 2 or more",
                        "onUnavailable=error, fallback.failureThreshold=3, fallback.replicas=2,"
                                + " fallback.behavior=currentReplicasIfHigher",
                        "0 500, 60 -",
                        "5"),
                of("the poll of KEDA does not hurry the HPA", "pollingInterval=300", "0 100, 45 500", "1 45:4 60:5"),
                of("unless it uses what KEDA has cached", "useCachedMetrics=true", "0 100, 45 500", "1 60:4 75:5"));
    }

    @Test
    void theFiguresAreThoseWorkedOutByHand() {
        // 150 sessions from 60 on; the second replica starts then and takes sessions from 90 on
        Outcome outcome = Simulation.run(
                curve("0 100, 60 150", "120"), settings("startup=30s").read("slow"), 100);

        assertThat(inShort(outcome)).isEqualTo("1 60:2");
        assertThat(outcome.overloads()).containsExactly(new Span(at(60), at(90)));
        assertThat(outcome.overloaded()).isEqualTo(Duration.ofSeconds(30));
        assertThat(outcome.worst()).contains(new Outcome.Worst(at(60), 150, 1, 50));
        assertThat(outcome.replicaTime()).isEqualTo(Duration.ofMinutes(1 + 2));
        assertThat(outcome.serving()).containsExactly(new Outcome.Serving(at(0), 1), new Outcome.Serving(at(90), 2));
        assertThat(outcome.peak()).isEqualTo(2);
    }

    /** Mornings in which sessions multiply by twenty within half an hour, and replicas that take three minutes to serve. */
    @Test
    void lookAheadAvoidsMoreOverloadThanHeadroomOfTheSameCost() {
        LoadCurve mornings = office(3);
        String common = "tolerance=0, maxReplicaCount=100, startup=3m, ";
        Outcome ahead =
                Simulation.run(mornings, settings(common + "lookAhead=3m").read("ahead"), 100);
        Outcome headroom =
                Simulation.run(mornings, settings(common + "headroom=5%").read("headroom"), 100);

        assertThat(ahead.replicaTime()).isLessThan(headroom.replicaTime());
        assertThat(ahead.overloaded().multipliedBy(3)).isLessThan(headroom.overloaded());
    }

    /** Sessions rise from 500 to 1400, are 2000 after an outage of 20 minutes, and stay there. */
    @Test
    void lookAheadTakesNoTrendAcrossAnOutage() {
        LoadCurve curve = LoadCurveReader.read(Stream.of("0,500", "3599,1400", "3600,-", "4800,2000", "6000,2000"));
        Outcome outcome = Simulation.run(
                curve,
                settings("tolerance=0, maxReplicaCount=100, onUnavailable=hold, holdFor=1h, lookAhead=5m")
                        .read("ahead"),
                100);

        assertThat(replicasAt(outcome, 3599)).isGreaterThan(14);
        assertThat(replicasAt(outcome, 4800)).isEqualTo(20);
        assertThat(replicasAt(outcome, 4800 + 4 * 60 - 1)).isEqualTo(20);
    }

    @Test
    void replicasThatStillStartAreTheFirstToGo() {
        // 60: 3 start; 75: 2 of them end again; 120: the one that is left is ready
        Outcome outcome = Simulation.run(
                curve("0 100, 60 400, 75 200"),
                settings("startup=1m, scaleDown.stabilizationWindowSeconds=0").read("slow"),
                100);

        assertThat(inShort(outcome)).isEqualTo("1 60:4 75:2");
        assertThat(outcome.serving()).containsExactly(new Outcome.Serving(at(0), 1), new Outcome.Serving(at(120), 2));
    }

    @Test
    void anOverloadIsMeasuredByWhatAnReplicaCanTakeAndNotByTheTarget() {
        Outcome outcome = Simulation.run(
                curve("0 80, 60 88", "120"), settings("sessionSize=80").read("80"), 85);

        assertThat(inShort(outcome)).isEqualTo("1"); // 1.1, tolerated
        assertThat(outcome.overloaded()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void theSessionsOfAnOutageAreOnALineBetweenThoseAround() {
        // 100 at 59, 400 at 359: more than 100 from 60 on, while the metric holds
        Outcome outcome = Simulation.run(
                LoadCurveReader.read(Stream.of("0,100", "59,100", "60,-", "359,400")),
                settings("onUnavailable=hold").read("hold"),
                100);

        assertThat(inShort(outcome)).isEqualTo("1");
        assertThat(outcome.overloads()).containsExactly(new Span(at(60), at(359)));
        assertThat(outcome.worst().orElseThrow().sessions()).isEqualTo(399);
    }

    @Test
    void theSameComesToTheSame() {
        LoadCurve curve = curve("0 100, 60 950, 200 -, 500 300, 700 1200");
        Scenario setup = settings("wholeReplicas=true").read("same");

        assertThat(Simulation.run(curve, setup, 100)).isEqualTo(Simulation.run(curve, setup, 100));
    }

    private static LoadCurve office(int days) {
        double[] sessions = SessionCurve.OFFICE.sessions(days, 0.1, 42);
        return LoadCurveReader.read(
                IntStream.range(0, sessions.length).mapToObj(point -> 15 * point + "," + sessions[point]));
    }

    private static long replicasAt(Outcome outcome, long second) {
        return outcome.changes().stream()
                .filter(change -> !change.at().isAfter(at(second)))
                .reduce((_, last) -> last)
                .map(Outcome.ReplicaChange::replicas)
                .orElse(outcome.atFirst());
    }

    private static Arguments of(String why, String settings, String steps, String replicas) {
        return Arguments.of(why, settings, steps, replicas);
    }

    private static String inShort(Outcome outcome) {
        return Stream.concat(
                        Stream.of(String.valueOf(outcome.atFirst())),
                        outcome.changes().stream()
                                .map(change -> change.at().getEpochSecond() + ":" + change.replicas()))
                .collect(Collectors.joining(" "));
    }

    /** One to twenty replicas unless it is said otherwise. */
    private static ScenarioSettings settings(String text) {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("minReplicaCount", "1");
        given.put("maxReplicaCount", "20");
        Arrays.stream(text.split(", *", -1))
                .filter(setting -> !setting.isEmpty())
                .map(setting -> setting.split("=", 2))
                .forEach(sides -> given.put(sides[0], sides[1]));
        return ScenarioSettings.of(given);
    }

    private static LoadCurve curve(String steps) {
        return curve(steps, END);
    }

    private static LoadCurve curve(String steps, String end) {
        Stream.Builder<String> lines = Stream.builder();
        String last = "";
        for (String text : steps.split(", ", -1)) {
            String[] step = text.split(" ", 2);
            long second = Long.parseLong(step[0]);
            if (second > 0) {
                lines.add((second - 1) + "," + last);
            }
            lines.add(second + "," + step[1]);
            last = step[1];
        }
        return LoadCurveReader.read(lines.add(end + "," + last).build());
    }

    private static Instant at(long second) {
        return Instant.ofEpochSecond(second);
    }
}
