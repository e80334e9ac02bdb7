package io.github.redissessionscaler.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The checkout that the tests run in. */
final class Repository {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Folders that the build and the tools make. */
    private static final Set<String> MADE = Set.of("target", "node_modules", "venv", ".git");

    private Repository() {}

    /** Every Markdown file. */
    static List<Path> pages() {
        return files().filter(file -> file.toString().endsWith(".md")).toList();
    }

    /** Whether a test of this name, without its package, exists. */
    static boolean hasTest(String name) {
        return files().anyMatch(file -> file.endsWith(name + ".java"));
    }

    /** The folders and files at the root. */
    static List<String> topLevel() {
        try (Stream<Path> entries = Files.list(ROOT)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> files() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(Files::isRegularFile).filter(Repository::isWritten).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not made by the build. */
    private static boolean isWritten(Path file) {
        return StreamSupport.stream(ROOT.relativize(file).spliterator(), false)
                .noneMatch(part -> MADE.contains(part.toString()));
    }
}
