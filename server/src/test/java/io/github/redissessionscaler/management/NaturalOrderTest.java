package io.github.redissessionscaler.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NaturalOrderTest {

    @Test
    void numbersAreInTheOrderOfTheirValues() {
        List<String> sorted = List.of(
                "",
                "7",
                "12a3",
                "12a20",
                "web",
                "web-01",
                "web-1",
                "web-1-b",
                "web-7",
                "web-10",
                "web-99999999999999999998",
                "web-99999999999999999999",
                "web-a",
                "webs");
        List<String> shuffled = new ArrayList<>(sorted.reversed());
        Collections.swap(shuffled, 3, 9);

        shuffled.sort(NaturalOrder::compare);

        assertThat(shuffled).isEqualTo(sorted);
        assertThat(sorted)
                .allSatisfy(text -> assertThat(NaturalOrder.compare(text, text)).isZero());
    }
}
