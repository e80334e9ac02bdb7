package io.github.redissessionscaler.input;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.DuplicateKeyException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Explains what is wrong with YAML, and where. Quotes only names of keys, because the rest may be a password. */
public final class YamlMistakes {

    /** A part of the YAML parser's message, and the explanation. */
    private record Mistake(String said, String words) {}

    private static final List<Mistake> KNOWN = List.of(
            new Mistake("TAB", "a tab cannot indent; use spaces"),
            new Mistake("mapping values are not allowed", "a second colon in a value; put the value in quotes"),
            new Mistake("could not find expected ':'", "a key without a colon and a space after it"),
            new Mistake("expected ',' or ']'", "a list that is not closed; add ]"),
            new Mistake("expected ',' or '}'", "a mapping in braces that is not closed; add }"),
            new Mistake("undefined alias", "a value that begins with *; put it in quotes"),
            new Mistake("anchor", "a value that begins with & or *; put it in quotes"),
            new Mistake("alphabetic or numeric", "a value that begins with & or *; put it in quotes"),
            new Mistake("expected <block end>", "wrong indentation, or text after the end of a value"),
            new Mistake("unexpected end of stream", "quotes that are not closed"),
            new Mistake("escape", "an unknown escape in double quotes; use single quotes"),
            new Mistake("hexadecimal", "an unknown escape in double quotes; use single quotes"),
            new Mistake(
                    "cannot start any token",
                    "a value that begins with a character of YAML's own, such as @, ` or %; put" + " it in quotes"),
            new Mistake("could not determine a constructor", "a value that begins with !; put it in quotes"),
            new Mistake("another document", "a second document; remove the line --- and what follows it"),
            new Mistake("sequence entries are not allowed", "a - where no list can begin; put it on a line of its own"),
            new Mistake("special characters", "a control character"));

    private static final Pattern DUPLICATED = Pattern.compile("found duplicate key ([\\w.-]{1,64})");

    private YamlMistakes() {}

    /** A clause to append to the name of the text. */
    public static String words(YamlEngineException failure) {
        if (failure instanceof DuplicateKeyException duplicate) {
            return " has " + duplicated(duplicate) + " twice" + place(duplicate) + "; keep one of them";
        }
        String said = failure instanceof MarkedYamlEngineException marked
                ? String.valueOf(marked.getContext()) + " " + marked.getProblem()
                : String.valueOf(failure.getMessage());
        String place = failure instanceof MarkedYamlEngineException marked ? place(marked) : "";
        return " is not YAML" + place
                + KNOWN.stream()
                        .filter(mistake -> said.contains(mistake.said))
                        .findFirst()
                        .map(mistake -> ": " + mistake.words)
                        .orElse("")
                + "; the line is not shown, since it may contain a password";
    }

    private static String duplicated(DuplicateKeyException failure) {
        Matcher key = DUPLICATED.matcher(String.valueOf(failure.getProblem()));
        return key.matches() ? "the key " + Printable.name(key.group(1)) : "a key";
    }

    private static String place(MarkedYamlEngineException failure) {
        return failure.getProblemMark()
                .map(mark -> " at line %d, column %d".formatted(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse("");
    }
}
