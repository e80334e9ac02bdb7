package io.github.redissessionscaler.cli;

import com.google.gson.GsonBuilder;
import io.github.redissessionscaler.app.MonotonicClock;
import io.github.redissessionscaler.input.Causes;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problem;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.simulation.Frontier;
import io.github.redissessionscaler.simulation.LoadCurve;
import io.github.redissessionscaler.simulation.LoadCurveReader;
import io.github.redissessionscaler.simulation.Outcome;
import io.github.redissessionscaler.simulation.Plot;
import io.github.redissessionscaler.simulation.ScaledObjectFile;
import io.github.redissessionscaler.simulation.Scenario;
import io.github.redissessionscaler.simulation.ScenarioSettings;
import io.github.redissessionscaler.simulation.Simulation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays a load curve through KEDA's polling and the HPA's arithmetic, with one setup or several side by side. */
@Command(
        name = "simulate",
        description = "Simulates how KEDA and the HPA scale an application over a load curve, and compares settings.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "",
            "A setting is a key of the trigger's metadata, such as sessionSize, or of the ScaledObject, such as"
                + " minReplicaCount, fallback.replicas or scaleDown.stabilizationWindowSeconds; docs/simulate.md lists"
                + " them."
        })
final class SimulateCommand implements Callable<Integer> {

    private enum SimulateFormat {
        text,
        json
    }

    private static final String DEFAULT_RANGE = "7d";
    private static final String DEFAULT_OVERLOAD = "0s";
    private static final String TOKEN_FILE = "--bearer-token-file";
    private static final String GIVEN = "as given";
    private static final ValueParser<Duration> RANGE =
            ValueParser.duration(Duration.ofMinutes(1), Duration.ofDays(400));
    private static final ValueParser<Duration> MOST_OVERLOAD =
            ValueParser.duration(Duration.ZERO, Duration.ofDays(400));

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--from",
            paramLabel = "CURVE",
            description =
                    "Load curve, CSV with time and sessions or the result of a range query of Prometheus: a file, - for"
                            + " standard input, or a URL such as that of a scaler's recorded history.")
    private @Nullable String from;

    @Option(
            names = "--column",
            paramLabel = "NAME",
            description = "Column of sessions in the load curve; may be repeated to add several.")
    private List<String> columns = List.of();

    @Option(
            names = "--prometheus",
            paramLabel = "URL",
            description = "Get the load curve from this Prometheus, with --query, instead of --from.")
    private @Nullable String prometheus;

    @Option(names = "--query", paramLabel = "PROMQL", description = "The query for the number of sessions.")
    private @Nullable String query;

    @Option(
            names = "--range",
            paramLabel = "TIME",
            description = "How much of the past to query; default: " + DEFAULT_RANGE + ".")
    private @Nullable String range;

    @Option(
            names = TOKEN_FILE,
            paramLabel = "FILE",
            description = "File with the bearer token for --prometheus. For a user and password, give"
                    + " http://USER:PASSWORD@HOST as the URL.")
    private @Nullable String tokenFile;

    @Mixin
    private ScaledObjectOptions scaledObject = new ScaledObjectOptions();

    @Option(
            names = {"--set", "--metadata"},
            paramLabel = "KEY=VALUE",
            description = "A setting that replaces the ScaledObject's; may be repeated.")
    private List<String> settings = List.of();

    @Option(
            names = "--variant",
            paramLabel = "[NAME:]KEY=VALUE,...",
            description = "Settings to compare, such as \"exact: tolerance=0\"; may be repeated.")
    private List<String> variants = List.of();

    @Option(
            names = "--capacity",
            paramLabel = "SESSIONS",
            description =
                    "Sessions that a replica can serve; with more it is overloaded. Default: sessionSize of the first"
                            + " setup.")
    private @Nullable Double capacity;

    @Option(names = "--changes", description = "Print every change of the number of replicas, with its reason.")
    private boolean changes;

    @Option(
            names = "--suggest",
            description =
                    "Also simulate combinations of headroom, lookAhead, sessionSize and behavior, and print the best.")
    private boolean suggest;

    @Option(
            names = "--max-overload",
            paramLabel = "TIME",
            description = "The overload that --suggest accepts; default: " + DEFAULT_OVERLOAD + ".")
    private @Nullable String mostOverload;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write a chart to this SVG file.")
    private @Nullable Path picture;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "Output format: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
    private SimulateFormat output = SimulateFormat.text;

    @Override
    public Integer call() throws InterruptedException {
        checkCombinations();
        ScaledObjectFile.ParsedFile file = scaledObject
                .text()
                .map(text -> ScaledObjectFile.read(text, scaledObject.metric()))
                .orElseGet(() -> new ScaledObjectFile.ParsedFile(ScenarioSettings.of(Map.of()), List.of()));
        ScenarioSettings given = file.settings().with(ScenarioSettings.of(KeyValues.of("--set", settings)));
        List<Scenario> setups = setups(given);
        String accepted = mostOverload == null ? DEFAULT_OVERLOAD : mostOverload;
        Duration bound = MOST_OVERLOAD
                .parse(accepted)
                .orElseThrow(() -> InvalidInputException.of(
                        "--max-overload", Printable.of(accepted) + " is not " + MOST_OVERLOAD.accepted()));
        LoadCurve curve = curve();
        double takes = capacity == null ? setups.getFirst().target() : capacity;
        if (!(takes > 0)) {
            throw InvalidInputException.of("--capacity", capacity + " is not a number more than 0");
        }
        List<Outcome> outcomes = setups.stream()
                .map(setup -> Simulation.run(curve, setup, takes))
                .toList();
        if (picture != null) {
            write(picture, Plot.draw(curve, outcomes, takes));
        }
        var report = new SimulationReport(curve, outcomes, takes, file.ignored());
        Optional<SuggestionReport> suggestion =
                suggest ? Optional.of(new SuggestionReport(Frontier.of(curve, given, takes), bound)) : Optional.empty();
        PrintWriter out = spec.commandLine().getOut();
        switch (output) {
            case text ->
                out.print(report.text(changes)
                        + suggestion.map(SuggestionReport::text).orElse(""));
            case json ->
                out.println(new GsonBuilder()
                        .disableHtmlEscaping()
                        .setPrettyPrinting()
                        .create()
                        .toJson(SimulationJson.of(report, suggestion)));
        }
        out.flush();
        return 0;
    }

    /** An option that would have no effect is an error. */
    private void checkCombinations() {
        var problems = new Problems();
        scaledObject.check(problems);
        if (mostOverload != null && !suggest) {
            problems.add("--max-overload", "requires --suggest");
        }
        if (range != null && prometheus == null) {
            problems.add("--range", "requires --prometheus");
        }
        if (tokenFile != null && prometheus == null) {
            problems.add(TOKEN_FILE, "requires --prometheus");
        }
        problems.throwIfAny();
    }

    /** The scenario, then its variants. All problems are reported in one error, each once. */
    private List<Scenario> setups(ScenarioSettings given) {
        Set<Problem> problems = new LinkedHashSet<>();
        List<Scenario> setups = new ArrayList<>();
        add(given, GIVEN, problems, setups);
        for (String variant : variants) {
            int colon = variant.indexOf(':');
            boolean named = colon >= 0 && colon < variant.indexOf('=');
            String changed = variant.substring(named ? colon + 1 : 0).strip();
            String name = named ? variant.substring(0, colon).strip() : changed;
            Map<String, String> parsed = new LinkedHashMap<>();
            for (String setting : changed.split(",", -1)) {
                String[] sides = setting.split("=", 2);
                if (sides.length == 2) {
                    parsed.put(sides[0].strip(), sides[1].strip());
                } else {
                    problems.add(new Problem("--variant", Printable.of(setting.strip()) + " is not KEY=VALUE"));
                }
            }
            add(given.with(ScenarioSettings.of(parsed)), name, problems, setups);
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException(List.copyOf(problems));
        }
        return setups;
    }

    private static void add(ScenarioSettings settings, String name, Set<Problem> problems, List<Scenario> setups) {
        try {
            setups.add(settings.read(name));
        } catch (InvalidInputException e) {
            problems.addAll(e.problems());
        }
    }

    private LoadCurve curve() throws InterruptedException {
        if (from == null && prometheus == null) {
            throw InvalidInputException.of("--from", "is missing; give --from or --prometheus");
        }
        if (from != null && prometheus != null) {
            throw InvalidInputException.of("--from", "cannot be combined with --prometheus");
        }
        if ((prometheus == null) != (query == null)) {
            throw InvalidInputException.of("--query", "must be given together with --prometheus");
        }
        return from != null
                ? InputText.ofLines("--from", from, this::curve)
                : curve(answer(Objects.requireNonNull(prometheus), Objects.requireNonNull(query))
                        .lines());
    }

    private LoadCurve curve(Stream<String> lines) {
        return LoadCurveReader.read(PrometheusRange.csv(lines), columns);
    }

    private String answer(String server, String promql) throws InterruptedException {
        Duration length = RANGE.parse(range == null ? DEFAULT_RANGE : range)
                .orElseThrow(() -> InvalidInputException.of(
                        "--range", Printable.of(String.valueOf(range)) + " is not " + RANGE.accepted()));
        Optional<String> token = Optional.ofNullable(tokenFile).map(SimulateCommand::token);
        return PrometheusClient.query(server, token, promql, length, new MonotonicClock().instant());
    }

    private static String token(String file) {
        String token = InputText.ofFile(TOKEN_FILE, file).strip();
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw InvalidInputException.of(
                    TOKEN_FILE, Printable.of(file) + " contains no token: one line without spaces");
        }
        return token;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw InvalidInputException.of(
                    "--svg", Printable.of(file.toString()) + " cannot be written: " + Causes.describe(e));
        }
    }
}
