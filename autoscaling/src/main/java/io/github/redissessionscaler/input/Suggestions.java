package io.github.redissessionscaler.input;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that the user probably meant. */
public final class Suggestions {

    /** One typo is tolerated for this many characters. */
    private static final int CHARACTERS_PER_ERROR = 3;

    private static final int MOST_ERRORS = 3;

    private Suggestions() {}

    /**
     * The known name with the fewest typos, or empty if none is similar. Ignores case. Of equally similar names, the first.
     */
    public static Optional<String> to(String given, Collection<String> known) {
        return to(given, known, CHARACTERS_PER_ERROR);
    }

    /** The same for a name that may as well be right and mean something else: it must be more similar. */
    public static Optional<String> toTypo(String given, Collection<String> known) {
        return to(given, known, 2 * CHARACTERS_PER_ERROR);
    }

    private static Optional<String> to(String given, Collection<String> known, int charactersPerError) {
        String wanted = given.toLowerCase(Locale.ROOT);
        Optional<String> nearest = Optional.empty();
        int fewest = Integer.MAX_VALUE;
        for (String name : known) {
            int length = Math.max(name.length(), given.length());
            int tolerated = Math.clamp(length / charactersPerError, 1, MOST_ERRORS);
            if (Math.abs(name.length() - given.length()) > tolerated) {
                continue;
            }
            int errors = distance(wanted, name.toLowerCase(Locale.ROOT));
            if (errors <= tolerated && errors < fewest) {
                fewest = errors;
                nearest = Optional.of(name);
            }
        }
        return nearest;
    }

    /** A question to append to a message, such as {@code "; did you mean 'hold'?"}, or empty if no name is similar. */
    public static String question(String given, Collection<String> known) {
        return to(given, known).map(name -> "; did you mean '" + name + "'?").orElse("");
    }

    /**
     * The optimal string alignment distance: how many characters must be inserted, deleted, replaced or swapped with their
     * neighbour to turn one text into the other.
     */
    static int distance(String from, String to) {
        int[] beforePrevious = new int[to.length() + 1];
        int[] previous = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] reused = beforePrevious;
            beforePrevious = previous;
            previous = row;
            row = reused;
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                int fewest = Math.min(previous[j - 1] + (same ? 0 : 1), Math.min(previous[j], row[j - 1]) + 1);
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                row[j] = swapped ? Math.min(fewest, beforePrevious[j - 2] + 1) : fewest;
            }
        }
        return row[to.length()];
    }
}
