package io.github.redissessionscaler.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The links of the status page lead to headings of the documentation. */
final class PageLinksTest {

    private static final Path DETAIL = Path.of(
            "..",
            "server",
            "src",
            "main",
            "resources",
            "io",
            "github",
            "redissessionscaler",
            "management",
            "page",
            "detail.js");

    private static final Pattern LINK = Pattern.compile("\"([a-z-]+\\.md)(?:#([a-z-]+))?\"");

    @Test
    void everyLinkOfThePageLeadsSomewhere() throws IOException {
        List<MatchResult> links =
                LINK.matcher(Files.readString(DETAIL)).results().toList();

        assertThat(links).hasSizeGreaterThan(3).allSatisfy(link -> {
            Page page = Page.read(Path.of("..", "docs", link.group(1)));
            if (link.group(2) != null) {
                assertThat(page.anchors()).contains(link.group(2));
            }
        });
    }
}
