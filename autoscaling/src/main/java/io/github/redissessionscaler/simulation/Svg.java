package io.github.redissessionscaler.simulation;

import java.util.Locale;

/** Writes elements of an SVG picture one behind the other. */
final class Svg {

    private final StringBuilder text = new StringBuilder();

    /** Opens an element, with attributes as they stand in a tag. */
    Svg open(String tag) {
        text.append('<').append(tag).append(">\n");
        return this;
    }

    Svg close(String name) {
        text.append("</").append(name).append(">\n");
        return this;
    }

    /** An element without content. */
    Svg element(String tag) {
        text.append('<').append(tag).append("/>\n");
        return this;
    }

    /** An element with text, which is escaped. */
    Svg element(String tag, String content) {
        String name = tag.contains(" ") ? tag.substring(0, tag.indexOf(' ')) : tag;
        text.append('<').append(tag).append('>').append(escaped(content));
        return close(name);
    }

    Svg rect(String style, double x, double y, double width, double height) {
        return element("rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\""
                .formatted(style, at(x), at(y), at(width), at(height)));
    }

    Svg line(String style, double x1, double y1, double x2, double y2) {
        return element("line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\""
                .formatted(style, at(x1), at(y1), at(x2), at(y2)));
    }

    Svg label(String style, double x, double y, String content) {
        return element("text class=\"%s\" x=\"%s\" y=\"%s\"".formatted(style, at(x), at(y)), content);
    }

    /** A coordinate, to a tenth. */
    static String at(double coordinate) {
        String text = String.format(Locale.ROOT, "%.1f", coordinate);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
