package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Suggestions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line. Only names of options are quoted, and numbers: what else is there may be a password. */
final class OptionMistakes {

    private static final Set<Class<?>> WHOLE = Set.of(int.class, Integer.class, long.class, Long.class);

    private OptionMistakes() {}

    static String describe(ParameterException mistake) {
        return switch (mistake) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing -> missing(missing);
            case OverwrittenOptionException twice -> name(twice.getOverwritten()) + ": is set twice; keep one of them";
            default ->
                mistake.getArgSpec() == null
                        ? withoutOption(mistake.getCommandLine())
                        : value(mistake.getArgSpec(), mistake.getValue());
        };
    }

    private static String withoutOption(CommandLine command) {
        return command.getSubcommands().isEmpty()
                ? "the command line is invalid"
                : "a command is missing; the " + commands(command);
    }

    private static String commands(CommandLine command) {
        return "commands are " + String.join(", ", command.getSubcommands().keySet());
    }

    private static String unmatched(UnmatchedArgumentException mistake) {
        String first = mistake.getUnmatched().getFirst();
        CommandLine command = mistake.getCommandLine();
        if (first.startsWith("-")) {
            String name = first.split("=", 2)[0];
            List<String> known = command.getCommandSpec().options().stream()
                    .flatMap(option -> Arrays.stream(option.names()))
                    .toList();
            return Printable.name(name) + ": is not an option of " + command.getCommandName()
                    + Suggestions.question(name, known);
        }
        return Suggestions.to(first, command.getSubcommands().keySet())
                .map(known -> Printable.name(first) + ": is not a command; did you mean '" + known + "'?")
                .orElse(
                        command.getSubcommands().isEmpty()
                                ? "an argument belongs to no option; write each value after its option"
                                : "an argument is not a command; the " + commands(command));
    }

    private static String missing(MissingParameterException mistake) {
        List<String> names = new ArrayList<>();
        mistake.getMissing().forEach(arg -> names.add(name(arg)));
        ArgSpec first =
                mistake.getMissing().isEmpty() ? null : mistake.getMissing().getFirst();
        if (first == null) {
            return "a value is missing";
        }
        return String.join(", ", names) + ": requires a value; give " + name(first) + "=" + first.paramLabel();
    }

    private static String value(ArgSpec option, @org.jspecify.annotations.Nullable String value) {
        Class<?> type = option.type();
        String shown = value == null ? "the value" : Printable.value(value);
        if (type.isEnum()) {
            return name(option) + ": " + shown + " is not one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        if (option.isMultiValue()) {
            return name(option) + ": a value is not " + option.paramLabel() + "; write " + name(option) + " "
                    + option.paramLabel();
        }
        return name(option) + ": " + shown
                + (WHOLE.contains(type)
                        ? " is not a whole number"
                        : type == double.class || type == Double.class ? " is not a number" : " cannot be used");
    }

    private static String name(ArgSpec arg) {
        return arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
    }
}
