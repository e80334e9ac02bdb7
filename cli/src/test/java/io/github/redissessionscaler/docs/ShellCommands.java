package io.github.redissessionscaler.docs;

import io.github.redissessionscaler.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ParameterException;

/** The commands of a page, tried as far as that goes without running them. */
final class ShellCommands {

    private static final String PROGRAM = "redis-session-scaler";

    /** A word of a shell, with its quotes. */
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']+|\"[^\"]*\"|'[^']*')+");

    /** What one command ends with. */
    private static final List<String> ENDS = List.of("|", "&&", ";", "&", ">", "2>", "<");

    /** What stands for words that are left out. */
    private static final String AND_SO_ON = "…";

    private static final Pattern TEST_OPTION = Pattern.compile("-Dtest=(.+)");

    private ShellCommands() {}

    static Stream<String> problems(Page page) {
        return Stream.concat(page.blocks().stream().flatMap(ShellCommands::lines), page.spans().stream())
                .flatMap(line -> commands(words(line)).stream())
                .flatMap(ShellCommands::problems);
    }

    /** The lines of a block that are commands: all of a shell's, those behind a prompt where output stands in between. */
    private static Stream<String> lines(Page.Block block) {
        Stream<String> lines = block.text()
                .replaceAll("\\\\\\n\\s*", "")
                .replaceAll(" +# .*", "")
                .lines();
        return switch (block.language()) {
            case "", "sh" -> lines.filter(line -> !line.startsWith("#"));
            case "console" -> lines.filter(line -> line.startsWith("$ ")).map(line -> line.substring(2));
            default -> Stream.empty();
        };
    }

    private static List<String> words(String line) {
        return WORD.matcher(line)
                .results()
                .map(word -> word.group().replaceAll("[\"']", ""))
                .filter(word -> !word.equals(AND_SO_ON))
                .toList();
    }

    private static List<List<String>> commands(List<String> words) {
        List<List<String>> commands = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= words.size(); i++) {
            if (i == words.size() || ENDS.contains(words.get(i))) {
                commands.add(words.subList(from, i));
                from = i + 1;
            }
        }
        return commands;
    }

    private static Stream<String> problems(List<String> command) {
        List<String> words =
                command.stream().dropWhile(word -> word.matches("[A-Z_]+=.*")).toList();
        return Stream.of(arguments(words).flatMap(ShellCommands::unparsable), benchmark(words), missingTest(words))
                .flatMap(Optional::stream);
    }

    /** What is given to our program, by itself or in a container, or empty where it is not called. */
    private static Optional<List<String>> arguments(List<String> words) {
        if (words.size() > 1 && words.getFirst().matches("(.*/)?" + PROGRAM)) {
            return Optional.of(words.subList(1, words.size()));
        }
        boolean inContainer = words.stream().anyMatch(word -> word.equals("run") || word.equals("exec"));
        if (inContainer && words.contains("--") && words.stream().anyMatch(word -> word.contains(PROGRAM))) {
            return Optional.of(words.stream()
                    .skip(words.indexOf("--") + 1L)
                    .dropWhile(word -> word.equals("java") || word.startsWith("@"))
                    .toList());
        }
        return inContainer
                ? words.stream()
                        .filter(word -> word.matches("(.*/)?" + PROGRAM + "(:.*)?"))
                        .findFirst()
                        .map(image -> words.subList(words.indexOf(image) + 1, words.size()))
                : Optional.empty();
    }

    private static Optional<String> unparsable(List<String> arguments) {
        try {
            Main.commandLine().parseArgs(arguments.toArray(String[]::new));
            return Optional.empty();
        } catch (ParameterException e) {
            return Optional.of(PROGRAM + " " + String.join(" ", arguments) + ": " + e.getMessage());
        }
    }

    private static Optional<String> benchmark(List<String> words) {
        if (words.size() < 2 || !words.getFirst().endsWith("benchmarks/run")) {
            return Optional.empty();
        }
        String name = words.get(1);
        try {
            return Files.readString(Repository.ROOT.resolve("benchmarks/run"))
                            .contains("#   benchmarks/run " + name + " ")
                    ? Optional.empty()
                    : Optional.of("there is no benchmark " + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> missingTest(List<String> words) {
        return words.stream()
                .map(TEST_OPTION::matcher)
                .filter(option -> option.matches())
                .flatMap(option -> Arrays.stream(option.group(1).split(",", -1)))
                .filter(name -> !Repository.hasTest(name))
                .findFirst()
                .map(name -> "there is no test " + name);
    }
}
