package io.github.redissessionscaler.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attacks of a stranger. Some of each kind for two seconds; with {@code -Dattacks=whole} all of them for as long as they take,
 * up to twelve seconds each, and a minute where counts may become old; with names instead, those. Prints a line for each.
 */
final class AttacksTest {

    /** What is run: {@code whole}, or the names of some attacks; a part of all where it is empty. */
    private static final String CHOSEN = System.getProperty("attacks", "");

    private static final boolean WHOLE = !CHOSEN.isEmpty();

    /** What docs/counting.md says of the age of a count beside the patterns of others, and a moment for the question. */
    private static final Duration OLDEST = Duration.ofSeconds(30);

    /** In its log: those of the start, and some of each kind of what a stranger does. */
    private static final int MOST_LINES = 200;

    @TempDir
    private static Path directory;

    private static AttackSuite suite;

    @BeforeAll
    static void start() {
        suite = new AttackSuite(directory);
    }

    @AfterAll
    static void stop() {
        suite.close();
    }

    static List<Attack> attacks() {
        return switch (CHOSEN) {
            case "" ->
                List.of(
                        Http2Attack.HEADERS_WITHOUT_MESSAGE,
                        ConnectionAttack.HANDSHAKES,
                        Http2Attack.RAPID_RESET,
                        Http2Attack.WINDOW_OF_ZERO,
                        ManagementAttack.UNREAD_SCRAPES);
            case "whole" -> Attack.all();
            default -> {
                List<String> names = List.of(CHOSEN.split(","));
                yield Attack.all().stream()
                        .filter(attack -> names.contains(attack.name()))
                        .toList();
            }
        };
    }

    /** In every build, a machine that does more than this may keep a read from ending in time, but no number may be wrong. */
    @ParameterizedTest
    @MethodSource("attacks")
    void theScalerLivesAndItsHonestClientGetsTheRightNumber(Attack attack) throws IOException {
        AttackSuite.Outcome outcome = suite.run(attack, WHOLE ? attack.time() : Duration.ofSeconds(2));

        System.out.println(outcome);
        assertThat(outcome.alive()).as(outcome.toString()).isTrue();
        assertThat(outcome.honest().wrong()).as(outcome.toString()).isZero();
        assertThat(outcome.log().lines()).as("lines of the log").hasSizeLessThan(MOST_LINES);
        assertThat(outcome.log()).doesNotContain("\tat ");
        if (WHOLE) {
            assertThat(outcome.honest().failed()).as(outcome.toString()).isZero();
            assertThat(outcome.honest().late()).as(outcome.toString()).isZero();
            assertThat(outcome.honest().oldest()).as(outcome.toString()).isLessThan(OLDEST);
        }
    }
}
