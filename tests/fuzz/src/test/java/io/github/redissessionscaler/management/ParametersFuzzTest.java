package io.github.redissessionscaler.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.ValueParser;
import java.net.URLEncoder;
import java.util.List;

/** What stands behind the question mark of a request to the management port. */
class ParametersFuzzTest {

    private static final int LONGEST = 60;

    @FuzzTest
    void areTakenAsTheyWereMeantOrHaveProblems(FuzzedDataProvider data) {
        String meant = new String(data.consumeString(LONGEST).getBytes(UTF_8), UTF_8);
        String query = "value=" + URLEncoder.encode(meant, UTF_8) + "&" + data.consumeString(LONGEST);
        var parameters = new RequestParameters(query);
        parameters.take("number", 0L, ValueParser.whole(1, 9));

        assertThat(parameters.takeAll("value")).startsWith(meant);
        assertThat(parameters.takeAll("value")).isEqualTo(List.of());
        try {
            parameters.end();
        } catch (InvalidInputException e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(e.getMessage()).doesNotContainPattern("[\\p{Cntrl}&&[^\\n]]");
        }
    }
}
