package io.github.redissessionscaler.diagnosis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.redissessionscaler.diagnosis.KeyShapes.Shape;
import io.github.redissessionscaler.testing.CountedRedis;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class KeyShapesTest {

    @Test
    void whatThePatternSaysIsShownAndTheRestIsHidden() {
        assertThat(masked("session:", Stream.of("session:0123abcd", "session:abcdefgh", "session:x")))
                .containsExactly(new Shape("session:********", 2), new Shape("session:*", 1));
    }

    @Test
    void wordsThatManyShareAreShown() {
        assertThat(masked("", IntStream.range(0, 20).mapToObj(i -> "web:session:" + UUID.randomUUID())))
                .containsExactly(new Shape("web:session:" + "*".repeat(36), 20));
    }

    @Test
    void wordsThatFewShareMayBeIds() {
        assertThat(masked("", Stream.of("abcdef:a", "abcdef:b", "abcdef:c", "abcdef:d")))
                .containsExactly(new Shape("********", 4));
        Stream<String> ofOneSession = IntStream.range(0, 6).mapToObj(i -> "s:abc123:" + i);
        assertThat(masked("", ofOneSession)).containsExactly(new Shape("s:********", 6));
    }

    @Test
    void aWordIsOfLettersAndShort() {
        String random = "abcdefghijklmnopqrstuvwxyz:";
        assertThat(masked("", IntStream.range(0, 9).mapToObj(i -> random + i)))
                .containsExactly(new Shape("*".repeat(28), 9));
        assertThat(masked("", IntStream.range(0, 9).mapToObj(i -> "ключ:" + i)))
                .containsExactly(new Shape("*".repeat(10), 9));
    }

    @Test
    void aLongNameIsCut() {
        assertThat(masked("a:", Stream.of("a:" + "b".repeat(500))).getFirst().masked())
                .isEqualTo("a:" + "*".repeat(80) + "…");
    }

    @Test
    void onlyWhatCountsIsShown() {
        try (var redis = CountedRedis.start()) {
            redis.fill("sess:", 0, 40);
            redis.fill("sess:lock:", 0, 40);
            redis.fill("cache:", 0, 40);
            var query = TriggerParser.parse(Map.of("keyPattern", "sess:*", "excludePattern", "sess:lock:*"));

            KeyShapes shapes = redis.inspector().shapes(query.source()).orElseThrow();

            assertThat(shapes.lookedAt()).isBetween(40L, 120L);
            assertThat(shapes.counted()).isBetween(1L, 40L);
            assertThat(shapes.shapes())
                    .allSatisfy(shape -> assertThat(shape.masked()).matches("sess:\\*{1,2}"));
        }
    }

    private static List<Shape> masked(String beginning, Stream<String> keys) {
        return KeyShapes.masked(beginning, keys.map(key -> key.getBytes(UTF_8)).toList());
    }
}
