package io.github.redissessionscaler.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Converts the classes of a library from the format of Java 5 to that of Java 8. The ahead-of-time cache omits
 * classes older than Java 6, because they have no stack maps. The code stays the same.
 */
final class OldClasses {

    private static final String CLASS = ".class";

    private OldClasses() {}

    /** Converts all libraries in a directory. Returns the names of the files that it has changed. */
    static List<String> convertAll(Path directory) throws IOException {
        try (var libraries = Files.list(directory)) {
            return libraries
                    .filter(file -> file.toString().endsWith(".jar"))
                    .filter(OldClasses::convert)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    /** Returns whether the library has such classes; one of annotations alone stays as it is. */
    private static boolean convert(Path library) {
        try (var jar = new ZipFile(library.toFile());
                var classes = new URLClassLoader(new URL[] {library.toUri().toURL()})) {
            ClassFile format = ClassFile.of(
                    ConstantPoolSharingOption.NEW_POOL,
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)));
            if (jar.stream().noneMatch(entry -> isOld(jar, entry, format) && hasCode(parsed(jar, entry, format)))) {
                return false;
            }
            Path converted = library.resolveSibling(library.getFileName() + ".converted");
            try (var out = new ZipOutputStream(Files.newOutputStream(converted))) {
                for (ZipEntry entry : jar.stream().<ZipEntry>map(known -> known).toList()) {
                    var copy = new ZipEntry(entry.getName());
                    copy.setTimeLocal(entry.getTimeLocal());
                    out.putNextEntry(copy);
                    out.write(
                            isOld(jar, entry, format)
                                    ? converted(parsed(jar, entry, format), format)
                                    : bytes(jar, entry));
                }
            }
            Files.move(converted, library, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOld(ZipFile jar, ZipEntry entry, ClassFile format) {
        return entry.getName().endsWith(CLASS) && parsed(jar, entry, format).majorVersion() < ClassFile.JAVA_6_VERSION;
    }

    private static boolean hasCode(ClassModel model) {
        return model.methods().stream().anyMatch(method -> method.code().isPresent());
    }

    private static byte[] converted(ClassModel old, ClassFile format) {
        // Methods that are copied as they are get no stack maps, so each instruction is copied.
        ClassTransform instructions = ClassTransform.transformingMethodBodies((code, element) -> code.with(element));
        ClassTransform version = ClassTransform.endHandler(built -> built.withVersion(ClassFile.JAVA_8_VERSION, 0));
        byte[] converted = format.transformClass(old, instructions.andThen(version));
        List<VerifyError> errors = format.verify(converted);
        if (!errors.isEmpty()) {
            throw errors.getFirst();
        }
        return converted;
    }

    private static ClassModel parsed(ZipFile jar, ZipEntry entry, ClassFile format) {
        return format.parse(bytes(jar, entry));
    }

    private static byte[] bytes(ZipFile jar, ZipEntry entry) {
        try (var in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
