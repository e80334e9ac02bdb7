package io.github.redissessionscaler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.redissessionscaler.input.InvalidInputException;

/** The load curve that a simulation reads. */
class CurveFuzzTest {

    private static final int LONGEST = 500;

    @FuzzTest
    void isACurveOrHasProblems(FuzzedDataProvider data) {
        String text = data.consumeString(LONGEST);
        try {
            assertThat(LoadCurveReader.read(text.lines())).isNotNull();
        } catch (InvalidInputException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }
}
