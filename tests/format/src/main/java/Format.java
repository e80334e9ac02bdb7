import com.palantir.javaformat.java.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks the format of all Java sources below the working directory, or with {@code apply} mends it. It runs on the JDK of
 * the build and not on Maven's, since the formatter reads no newer Java than the one that it runs on.
 */
final class Format {

    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean apply = List.of(args).contains("apply");
        List<String> options = new ArrayList<>(
                apply
                        ? List.of("--palantir", "--replace")
                        : List.of("--palantir", "--dry-run", "--set-exit-if-changed"));
        try (Stream<Path> files = Files.walk(Path.of(""))) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("target/"))
                    .map(Path::toString)
                    .sorted()
                    .forEach(options::add);
        }
        if (!apply) {
            System.out.println(
                    "Checking the format; 'mvn process-classes -pl tests/format -Dformat=apply' corrects the files"
                            + " below");
        }
        Main.main(options.toArray(String[]::new));
    }
}
