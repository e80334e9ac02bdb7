package io.github.redissessionscaler.config;

import java.nio.file.Path;

/** Something that must not be shown. Its {@code toString} never shows it. */
public sealed interface Secret {

    /** Given as it is. */
    record Literal(String value) implements Secret {
        @Override
        public String toString() {
            return "***";
        }
    }

    /** In a file, which is read again whenever the secret is needed, so that a rotated one takes effect. */
    record InFile(Path path) implements Secret {}
}
