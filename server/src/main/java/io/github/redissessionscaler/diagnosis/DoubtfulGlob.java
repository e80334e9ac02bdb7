package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.trigger.Glob;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A glob that looks as if it were meant as several, or has white space at its ends by mistake. Not thread-safe.
 *
 * <p>It may be right, so it is only reported while no inspected key matches it.
 */
final class DoubtfulGlob {

    private static final String SEPARATES =
            ", which is part of the names that it matches, and separates no patterns; write each pattern on a line of"
                    + " its own";

    private final String sentence;
    private final Glob glob;
    private boolean matches;

    private DoubtfulGlob(String pattern, String doubt) {
        this.sentence = "the pattern " + Printable.of(pattern) + " " + doubt;
        this.glob = Glob.of(pattern);
    }

    /** Those of the patterns that are doubtful. */
    static List<DoubtfulGlob> of(List<String> patterns) {
        return patterns.stream()
                .flatMap(pattern -> doubt(pattern).map(doubt -> new DoubtfulGlob(pattern, doubt)).stream())
                .toList();
    }

    private static Optional<String> doubt(String pattern) {
        String literal = pattern.replaceAll("\\\\.|\\[[^]]*]", "");
        if (!pattern.strip().equals(pattern)) {
            return Optional.of(
                    "has white space at its beginning or end, which is part of the names that it matches; remove it");
        }
        return Stream.of(
                        new String[] {",", "a comma"},
                        new String[] {";", "a semicolon"},
                        new String[] {"|", "a vertical bar"},
                        new String[] {" ", "a space"})
                .filter(separator -> literal.contains(separator[0]))
                .map(separator -> "has " + separator[1] + SEPARATES)
                .findFirst();
    }

    void look(List<byte[]> keys) {
        matches = matches || keys.stream().anyMatch(glob::matches);
    }

    /** What is wrong with it, if none of the inspected keys matches. */
    Optional<String> advice() {
        return matches ? Optional.empty() : Optional.of(sentence);
    }
}
