package io.github.redissessionscaler.counting.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScanCoverageTest {

    @ParameterizedTest
    @CsvSource({
        "3000, 3000, 3000",
        "2400, 3000, 3000",
        "3600, 3000, 3000",
        "1000, 3000, 1000",
        "1000, 1000, 3000",
        "3000, 1000, 3000",
        "5, 15, 15",
        "10, 1, 1",
        "0, 0, 0",
        "3000, 0, 0",
    })
    void changesNoiseAndAServerWithoutASizeAreNoDoubt(double returned, long before, long after) {
        assertThat(ScanCoverage.doubt("redis:6379", returned, before, after)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 3000, 3000, 30, too low",
        "0, 3000, 2900, 0, too low",
        "2000, 3000, 4000, 70, too low",
        "5, 50, 50, 10, too low",
        "3000, 1000, 1000, 300, one of the two is wrong",
        "4000, 2900, 3000, 130, one of the two is wrong",
        "3000, 1, 0, 300000, one of the two is wrong",
    })
    void aLargeDifferenceIs(double returned, long before, long after, String percent, String consequence) {
        assertThat(ScanCoverage.doubt("redis:6379", returned, before, after).orElseThrow())
                .startsWith("SCAN of redis:6379 returned about " + percent + " % of the keys that DBSIZE counts")
                .contains(consequence);
    }

    /** So that the log has it once. */
    @Test
    void theSentenceStaysTheSameWhileTheNumbersHardlyChange() {
        assertThat(ScanCoverage.doubt("redis:6379", 1_000, 3_000, 3_000))
                .isEqualTo(ScanCoverage.doubt("redis:6379", 990, 3_010, 3_020));
    }
}
