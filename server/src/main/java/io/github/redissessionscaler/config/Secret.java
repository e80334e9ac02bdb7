package io.github.redissessionscaler.config;

import java.nio.file.Path;

/** Something that must not be shown. Its {@code toString} never shows it. */
public sealed interface Secret {

    /** Without the byte order mark and the line breaks that editors and tools put around a text. */
    static String withoutLineEnd(String text) {
        String unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return unmarked.replaceFirst("[\\r\\n]+$", "");
    }

    /** Given as it is; a line break at its end is no part of it, since {@code echo} and editors leave one. */
    record Literal(String value) implements Secret {
        public Literal {
            value = withoutLineEnd(value);
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    /** In a file, which is read again whenever the secret is needed, so that a rotated one takes effect. */
    record InFile(Path path) implements Secret {}
}
