package io.github.redissessionscaler.docs;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Text in a file that is made of the code: it is checked, or written anew with {@code -Dreference=write}. */
final class GeneratedText {

    private GeneratedText() {}

    /** Checks what stands between the two marks of this name. */
    static void checkBetween(String mark, Path file, String expected) throws IOException {
        String begin = "<!-- " + mark + ": made of the code -->\n";
        String end = "\n<!-- end of " + mark + " -->";
        String text = Files.readString(file);
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end, from - 1);
        check(file, text.substring(0, from) + expected + text.substring(to));
    }

    /** Checks the whole file. */
    static void check(Path file, String expected) throws IOException {
        if ("write".equals(System.getProperty("reference"))) {
            Files.writeString(file, expected);
        } else {
            assertThat(Files.readString(file))
                    .describedAs("%s; -Dreference=write brings it up to date", file)
                    .isEqualTo(expected);
        }
    }

    /** A table in Markdown. */
    static String table(List<String> heads, Stream<List<String>> rows) {
        Stream<String> lines =
                Stream.concat(Stream.of(row(heads), "|" + "---|".repeat(heads.size())), rows.map(GeneratedText::row));
        return String.join("\n", lines.toList());
    }

    private static String row(List<String> cells) {
        return "| "
                + cells.stream()
                        .map(cell -> cell.replace("\n", " ").replace("|", "\\|"))
                        .collect(joining(" | "))
                + " |";
    }
}
