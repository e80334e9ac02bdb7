package io.github.redissessionscaler.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The licences and notices that libraries carry in their jars. */
final class Notices {

    private static final Pattern NOTICE = Pattern.compile("META-INF/((?:LICEN[CS]E|NOTICE|COPYING)[^/]*)");

    private Notices() {}

    /** Copies those of a library into a folder of its own below this one; a library without any gets none. */
    static void copy(Path library, Path licenses) throws IOException {
        try (var jar = new ZipFile(library.toFile())) {
            List<? extends ZipEntry> entries = jar.stream()
                    .filter(entry -> NOTICE.matcher(entry.getName()).matches())
                    .toList();
            Path folder = licenses.resolve(library.getFileName().toString().replace(".jar", ""));
            for (ZipEntry entry : entries) {
                Files.createDirectories(folder);
                Files.copy(
                        jar.getInputStream(entry),
                        folder.resolve(entry.getName().substring("META-INF/".length())));
            }
        }
    }
}
