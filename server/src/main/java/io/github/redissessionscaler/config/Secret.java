package io.github.redissessionscaler.config;

import java.nio.file.Path;

/** A secret. Its {@code toString} does not show it. */
public sealed interface Secret {

    /** Removes the byte order mark and the line breaks that editors and tools add. */
    static String withoutLineEnd(String text) {
        String unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return unmarked.replaceFirst("[\\r\\n]+$", "");
    }

    /** A literal value. A line break at its end is removed, because {@code echo} and editors add one. */
    record Literal(String value) implements Secret {
        public Literal {
            value = withoutLineEnd(value);
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    /** A token that proves this identity, renewed before it ends. */
    record Token(CloudIdentity identity) implements Secret {}

    /** In a file, which is read whenever the secret is needed, so that a rotated one takes effect. */
    record InFile(Path path) implements Secret {}
}
