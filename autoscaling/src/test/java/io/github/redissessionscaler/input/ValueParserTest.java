package io.github.redissessionscaler.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class ValueParserTest {

    private static final ValueParser<Duration> TIME =
            ValueParser.duration(Duration.ofSeconds(1), Duration.ofMinutes(90));

    @Test
    void eachFormSaysWhatItAccepts() {
        assertThat(ValueParser.BOOLEAN.accepted()).isEqualTo("true or false");
        assertThat(ValueParser.whole(1, 9).accepted()).isEqualTo("a whole number from 1 to 9");
        assertThat(ValueParser.seconds(0, 60).accepted()).isEqualTo("a whole number of seconds from 0 to 60");
        assertThat(ValueParser.decimal(0.001, 1e12).suchAs("2.5").accepted())
                .isEqualTo("a number from 0.001 to 1000000000000, such as 2.5");
        assertThat(ValueParser.percentage(0.1, 100).accepted()).isEqualTo("a percentage from 0.1% to 100%");
        assertThat(TIME.accepted()).isEqualTo("a duration such as 500ms, 90s, 30m or 1h30m, from 1s to 1h30m");
        assertThat(ValueParser.text(1, 9).accepted()).isEqualTo("text of 1 to 9 characters");
        assertThat(ValueParser.whole("a port", 0, 9)
                        .or(ValueParser.whole("a size", 10, 99))
                        .accepted())
                .isEqualTo("a port from 0 to 9, or a size from 10 to 99");
    }

    @Test
    void rangesIncludeTheirEnds() {
        assertThat(ValueParser.whole(1, 9).parse("1")).contains(1L);
        assertThat(ValueParser.whole(1, 9).parse("9")).contains(9L);
        assertThat(ValueParser.whole(1, 9).parse("0")).isEmpty();
        assertThat(ValueParser.whole(1, 9).parse("10")).isEmpty();
        assertThat(ValueParser.decimal(0.5, 1).parse("0.5")).contains(0.5);
        assertThat(ValueParser.decimal(0.5, 1).parse("0.4999")).isEmpty();
        assertThat(ValueParser.decimal(0.5, 1).parse("1.0001")).isEmpty();
        assertThat(ValueParser.percentage(1, 10).parse("10%")).contains(10.0);
        assertThat(ValueParser.percentage(1, 10).parse("10.1%")).isEmpty();
        assertThat(TIME.parse("1s")).contains(Duration.ofSeconds(1));
        assertThat(TIME.parse("90m")).contains(Duration.ofMinutes(90));
        assertThat(TIME.parse("999ms")).isEmpty();
        assertThat(TIME.parse("90m1ms")).isEmpty();
    }

    @Test
    void onlyVerbatimTextKeepsItsWhiteSpace() {
        assertThat(ValueParser.text(0, 3).parse(" abc ")).contains("abc");
        assertThat(ValueParser.text(1, 3).parse(" ")).isEmpty();
        assertThat(ValueParser.text(1, 3).parse("abcd")).isEmpty();
        assertThat(ValueParser.verbatim(1, 5).parse(" abc ")).contains(" abc ");
        assertThat(ValueParser.verbatim(1, 5).parse("  ")).isEmpty();
        assertThat(ValueParser.verbatim(0, 5).parse("")).contains("");
        assertThat(ValueParser.verbatim(1, 5).parse("abc\n")).isEmpty();
    }

    @Test
    void aListHasNoGaps() {
        ValueParser<List<Long>> numbers = ValueParser.list("numbers", "+", ValueParser.whole(1, 9));

        assertThat(numbers.parse("1 + 2+3")).contains(List.of(1L, 2L, 3L));
        assertThat(numbers.parse("1++3")).isEmpty();
        assertThat(numbers.parse("1+x")).isEmpty();
        assertThat(numbers.parse("")).isEmpty();
    }

    @Test
    void aProblemNamesTheKeyTheValueWhatIsAcceptedAndASuggestion() {
        assertThat(problem(ValueParser.BOOLEAN, " Flase ", Printable::of))
                .isEqualTo("key: ' Flase ' is not true or false; did you mean 'false'?");
        assertThat(problem(ValueParser.percentage(0, 50), "20", Printable::of))
                .isEqualTo("key: '20' is not a percentage from 0% to 50%; a percentage needs its sign: write 20%");
        assertThat(problem(ValueParser.percentage(0, 50), "51", Printable::of)).endsWith("to 50%");
    }

    @Test
    void aValueThatIsNotShownGetsNoSuggestion() {
        assertThat(problem(ValueParser.BOOLEAN, "flase", _ -> "what is given"))
                .isEqualTo("key: what is given is not true or false");
    }

    private static String problem(ValueParser<?> values, String text, UnaryOperator<String> shown) {
        var problems = new Problems();
        assertThat(values.parse("key", text, shown, problems)).isEmpty();
        return String.valueOf(catchThrowable(problems::throwIfAny).getMessage());
    }
}
