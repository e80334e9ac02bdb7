package io.github.redissessionscaler.management;

import java.util.List;

/**
 * What the status page says about a demonstration, whose clock runs faster and shows UTC.
 *
 * @param title how fast, in a few words
 * @param lines the comparison so far, a sentence each
 */
public record DemoText(String title, List<String> lines) {

    public DemoText {
        lines = List.copyOf(lines);
    }
}
