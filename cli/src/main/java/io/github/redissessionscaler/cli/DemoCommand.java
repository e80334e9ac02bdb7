package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.config.ServerConfig.LogFormat;
import io.github.redissessionscaler.demo.Demo;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.ValueParser;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a day of a web application, scaled by its sessions, in a few minutes. */
@Command(
        name = "demo",
        description = "Simulates a day of a web application that is scaled by its sessions, in a few minutes. It needs"
                + " neither a cluster nor Redis.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class DemoCommand implements Callable<Integer> {

    private static final Duration LONGEST = Duration.ofDays(7);

    private static final int LARGEST_PORT = 65_535;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "5m",
            description = "Duration of the simulated day, from 2m to 7d; default: ${DEFAULT-VALUE}.")
    private String duration = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of the status page, on loopback; 0, the default, chooses a free one.")
    private int port;

    @Override
    public Integer call() throws InterruptedException {
        var problems = new Problems();
        Optional<Duration> length =
                ValueParser.duration(Demo.SHORTEST, LONGEST).parse("--duration", duration, Printable::of, problems);
        if (port < 0 || port > LARGEST_PORT) {
            problems.add("--port", port + " is not a port from 0 to " + LARGEST_PORT);
        }
        problems.throwIfAny();
        Logging.use(LogFormat.TEXT, "error");
        PrintWriter out = spec.commandLine().getOut();
        try (Demo demo = Demo.start(length.orElseThrow(), port, line -> {
            out.println(line);
            out.flush();
        })) {
            Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "ending"));
            demo.startDay();
            demo.awaitEnd();
        }
        return 0;
    }
}
