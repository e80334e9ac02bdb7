package io.github.redissessionscaler.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the links of a page lead. Links to other sites are not followed. */
final class Links {

    private Links() {}

    static Stream<String> problems(Page page) {
        return page.links().stream()
                .filter(link -> !leadsSomewhere(page, link))
                .map(link -> "the link to " + link + " leads nowhere");
    }

    private static boolean leadsSomewhere(Page page, String link) {
        if (link.startsWith("https://")) {
            return true;
        }
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]);
        if (!Files.exists(target) || parts.length == 1) {
            return Files.exists(target);
        }
        return (parts[0].isEmpty() ? page : Page.read(target)).anchors().contains(parts[1]);
    }
}
