package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.config.ConfigLoader;
import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.telemetry.BuildInfo;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** The command line. Each problem is one line on standard error; a wrong input ends with status 2, a failure with 1. */
@Command(
        name = "redis-session-scaler",
        description = "A KEDA external scaler that counts the sessions of web applications in Redis.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {

    static final int INVALID_INPUT = 2;
    static final int FAILED = 1;

    private static final String UNWRITABLE =
            "the output cannot be written: its reader has ended, or its disk is full; write it elsewhere";

    /** Characters of a line of help where there is no terminal; on a terminal it is as wide as that. */
    private static final int HELP_WIDTH = 80;

    /** The commands by name, in the order of the help. */
    private static final Map<String, Supplier<CommandLine>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("serve", ServeCommand::commandLine);
        COMMANDS.put("check", () -> new CommandLine(new CheckCommand()));
        COMMANDS.put("simulate", () -> new CommandLine(new SimulateCommand()));
        COMMANDS.put("demo", () -> new CommandLine(new DemoCommand()));
    }

    /** The least that the library can format. */
    private static final int LEAST_HELP_WIDTH = 55;

    @Option(
            names = "--stacktrace",
            scope = CommandLine.ScopeType.INHERIT,
            description = "Print the stack trace of a failure.")
    private boolean stacktrace;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(standard(System.out), standard(System.err), args));
    }

    /** The commands and their options. */
    public static CommandLine commandLine() {
        return commandLine(new Main(), COMMANDS.values());
    }

    /** Runs the command to its end and returns its exit status. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        var main = new Main();
        var commandLine = commandLine(main, needed(args));
        commandLine.setOut(out);
        commandLine.setErr(err);
        helpWidth(System.getenv("COLUMNS")).ifPresent(columns -> {
            commandLine.setUsageHelpAutoWidth(false);
            commandLine.setUsageHelpWidth(columns);
        });
        commandLine.setParameterExceptionHandler((problem, given) -> {
            CommandLine command = problem.getCommandLine();
            report(
                    command,
                    List.of(OptionMistakes.describe(problem) + "; see " + command.getCommandName() + " --help"),
                    Optional.empty());
            return INVALID_INPUT;
        });
        commandLine.setExecutionExceptionHandler((failure, command, result) -> {
            report(command, lines(failure), main.stacktrace ? Optional.of(failure) : Optional.empty());
            return failure instanceof InvalidInputException ? INVALID_INPUT : FAILED;
        });
        int status = commandLine.execute(args);
        if (status != FAILED && status != INVALID_INPUT && out.checkError()) {
            report(commandLine, List.of(UNWRITABLE), Optional.empty());
            return FAILED;
        }
        return status;
    }

    /**
     * The characters of a line of help.
     *
     * @param columns of the environment, which shells set
     */
    static OptionalInt helpWidth(@Nullable String columns) {
        return columns != null && columns.matches("[1-9]\\d{0,3}")
                ? OptionalInt.of(Math.max(LEAST_HELP_WIDTH, Integer.parseInt(columns)))
                : OptionalInt.empty();
    }

    /** The command that the arguments name first, else all: reading the annotations of all commands delays a start. */
    private static Collection<Supplier<CommandLine>> needed(String... args) {
        Supplier<CommandLine> named = args.length == 0 ? null : COMMANDS.get(args[0]);
        return named == null ? COMMANDS.values() : List.of(named);
    }

    private static CommandLine commandLine(Main main, Collection<Supplier<CommandLine>> commands) {
        var commandLine = new CommandLine(main);
        commands.forEach(command -> commandLine.addSubcommand(command.get()));
        return commandLine.setUsageHelpWidth(HELP_WIDTH).setUsageHelpAutoWidth(true);
    }

    /** Writes an error of serve, or of a command that does not exist, as serve's log lines, if these are JSON. */
    private static void report(CommandLine command, List<String> problems, Optional<Exception> unexpected) {
        LogFormat format = switch (command.getCommand()) {
            case ServeCommand serve -> serve.logFormat();
            case Main _ -> ConfigLoader.logFormat(System.getenv());
            default -> LogFormat.TEXT;
        };
        if (format == LogFormat.JSON) {
            Logging.use(LogFormat.JSON, "error");
            problems.forEach(problem -> Logging.error(problem, unexpected));
        } else if (unexpected.isPresent()) {
            unexpected.get().printStackTrace(command.getErr());
        } else {
            problems.forEach(problem -> command.getErr().println(command.getCommandName() + ": " + problem));
        }
    }

    /** A writer that has failed once the stream has. */
    private static PrintWriter standard(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    private static List<String> lines(Exception failure) {
        return failure instanceof InvalidInputException invalid
                ? invalid.problems().stream()
                        .map(problem -> inOneLine(problem.toString()))
                        .toList()
                : List.of(oneLine(failure));
    }

    /** Of a failure of the network or of a file what it means, and never the name of a class. */
    private static String oneLine(Exception failure) {
        String message =
                failure.getMessage() == null ? "unexpected error; --stacktrace shows where" : failure.getMessage();
        if (failure instanceof UncheckedIOException unchecked) {
            IOException cause = unchecked.getCause();
            if (cause != null && message.equals(cause.toString())) {
                message = Causes.describe(cause);
            }
        }
        return inOneLine(message);
    }

    private static String inOneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ");
    }

    /** The version that the build put in. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"redis-session-scaler " + BuildInfo.version()};
        }
    }
}
