package io.github.redissessionscaler.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown file, as far as the tests of the documentation read one.
 *
 * @param text all of it
 * @param headings without their number signs
 * @param links where they lead
 * @param blocks fenced code
 * @param spans code within a line
 */
record Page(
        Path file, String text, List<Heading> headings, List<String> links, List<Block> blocks, List<String> spans) {

    private static final Pattern FENCE = Pattern.compile("( *)```(\\S*).*");
    private static final Pattern HEADING = Pattern.compile("(#{1,6}) (.+)");
    private static final Pattern SPAN = Pattern.compile("(`+)(.+?)\\1", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\[[^\\]\\[]*\\]\\(([^()\\s]+)\\)");

    /**
     * A heading.
     *
     * @param level from 1
     */
    record Heading(int level, String text) {}

    /**
     * Fenced code.
     *
     * @param language what stands behind the opening fence, or nothing
     */
    record Block(String language, String text) {}

    static Page read(Path file) {
        try {
            return of(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Page of(Path file, String text) {
        List<Heading> headings = new ArrayList<>();
        List<Block> blocks = new ArrayList<>();
        var prose = new StringBuilder();
        var lines = text.lines().iterator();
        while (lines.hasNext()) {
            String line = lines.next();
            Matcher fence = FENCE.matcher(line);
            Matcher heading = HEADING.matcher(line);
            if (fence.matches()) {
                List<String> code = new ArrayList<>();
                for (String next = lines.next(); !next.strip().equals("```"); next = lines.next()) {
                    code.add(
                            next.startsWith(fence.group(1))
                                    ? next.substring(fence.group(1).length())
                                    : next);
                }
                blocks.add(new Block(fence.group(2), String.join("\n", code)));
            } else {
                if (heading.matches()) {
                    headings.add(new Heading(heading.group(1).length(), heading.group(2)));
                }
                prose.append(line).append('\n');
            }
        }
        List<String> spans = new ArrayList<>();
        List<String> links = new ArrayList<>();
        for (String paragraph : prose.toString().split("\n\\s*\n", -1)) {
            Matcher span = SPAN.matcher(paragraph);
            span.results().forEach(found -> spans.add(found.group(2).replace('\n', ' ')));
            LINK.matcher(span.replaceAll("")).results().forEach(found -> links.add(found.group(1)));
        }
        return new Page(file, text, headings, links, blocks, spans);
    }

    /** What follows the number sign in a link to one of its headings, as GitHub makes it of the heading. */
    Set<String> anchors() {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Heading heading : headings) {
            String anchor = heading.text()
                    .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc}\\- ]", "")
                    .replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? anchor : anchor + "-" + before);
        }
        return anchors;
    }
}
