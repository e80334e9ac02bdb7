package io.github.redissessionscaler.hpa;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sum, worked out by hand: the ratio is value / (target x current), and what it needs is ceil(value / target). */
final class ReplicaCalculatorTest {

    @ParameterizedTest
    @CsvSource({
        "0,       100, 1,  0", // no session needs no replica; the minimum is another matter
        "1,       100, 1,  1",
        "100,     100, 1,  1", // exactly served
        "101,     100, 1,  1", // 1.01, tolerated
        "110,     100, 1,  1", // 1.1 is tolerated to the last
        "110.001, 100, 1,  2", // a thousandth more is not
        "110.0005,100, 1,  2", // values are rounded to thousandths, up ...
        "110.0004,100, 1,  1", // ... and down
        "111,     100, 1,  2",
        "220,     100, 2,  2",
        "221,     100, 2,  3",
        "180,     100, 2,  2", // 0.9 is tolerated to the last
        "179.999, 100, 2,  2", // 0.899995 is not, but it takes 2 all the same
        "100,     100, 2,  1", // 0.5
        "999,     100, 11, 11", // 0.908: one too many, and it stays
        "990,     100, 11, 11", // 0.9
        "989,     100, 11, 10", // 0.899
        "1100,    100, 10, 10", // from 10 on a whole replica is within the tolerance
        "1101,    100, 10, 12", // 1.101, and it needs ceil(11.01)
        "0.5,     0.5, 1,  1",
        "0.55,    0.5, 1,  1", // 550/500 = 1.1
        "0.551,   0.5, 1,  2",
        "5,       2.5, 1,  2", // 2.0
        "0.3,     0.1, 1,  3", // 300/100, though 0.3/0.1 is not quite 3 in binary
        "2.002, 1.001, 1,  2", // 2002/1001, though 1.001 times 1000 is not quite 1001 in binary
        "1.0005,  1,   0,  1", // 1.00049999... in binary, although times 1000 it is 1000.5
        "0.0015, 0.001, 0, 2", // 0.00150000...3 in binary
        "0.3125, 0.312, 0, 1", // a half is rounded to even: 312/312 ...
        "0.9375, 0.937, 0, 2", // ... and 938/937
        "7,       100, 0,  1", // without replicas there is nothing to tolerate
        "0,       100, 0,  0",
        "1000000000000, 0.001, 1, 1000000000000000"
    })
    void toleratesTenPercentBothWays(double value, double target, long current, long wanted) {
        assertThat(ReplicaCalculator.DEFAULT.desiredReplicas(value, target, current))
                .isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "0,   0,    101,  1,  2", // nothing is tolerated
        "0,   0,    100,  1,  1",
        "0,   0,    1001, 10, 11",
        "0,   0,    999,  11, 10",
        "0,   0.5,  101,  1,  2", // eager up ...
        "0,   0.5,  500,  10, 10", // ... and slow down: 0.5 is tolerated to the last
        "0,   0.5,  499,  10, 5",
        "0.5, 0,    150,  1,  1", // slow up, 1.5 is tolerated to the last ...
        "0.5, 0,    151,  1,  2",
        "0.5, 0,    999,  10, 10", // ... and eager down: 0.999 is not tolerated, but takes 10
        "0.5, 0,    900,  10, 9"
    })
    void toleratesEachDirectionByItself(double up, double down, double value, long current, long wanted) {
        assertThat(new ReplicaCalculator(new Tolerance(up, down)).desiredReplicas(value, 100, current))
                .isEqualTo(wanted);
    }
}
