package io.github.redissessionscaler.simulation;

import io.github.redissessionscaler.input.Numbers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.LongSummaryStatistics;

/**
 * Draws outcomes below each other over one load curve, as an SVG picture that follows the reader's choice of light or dark:
 * the sessions, and what the replicas can take, which is their number on the scale to the right.
 */
public final class Plot {

    private static final double WIDTH = 960;
    private static final double LEFT = 66;
    private static final double RIGHT = WIDTH - 58;
    private static final double TOP = 10;
    private static final double HEADING = 30;
    private static final double PLOT = 170;
    private static final double GAP = 22;
    private static final double AXIS = 46;
    private static final double LEGEND = 34;
    private static final int MOST_MARKS = 5;
    private static final int MOST_TIMES = 9;

    private static final String STYLE = """
        svg { font: 13px system-ui, sans-serif }
        .paper { fill: #ffffff } .text { fill: #1f2328 } .muted { fill: #59636e }
        .name { font-weight: 600; font-size: 14px } .end { text-anchor: end } .middle { text-anchor: middle }
        .grid { stroke: #d8dee4 } .frame { stroke: #8c959f }
        .sessions { fill: #0969da; fill-opacity: .16; stroke: #0969da; stroke-width: 1.3 }
        .capacity { fill: none; stroke: #8a5a00; stroke-width: 2 }
        .overload { fill: #cf222e; fill-opacity: .28 } .unavailable { fill: #8c959f; fill-opacity: .35 }
        @media (prefers-color-scheme: dark) {
          .paper { fill: #0d1117 } .text { fill: #f0f6fc } .muted { fill: #9198a1 }
          .grid { stroke: #2b323b } .frame { stroke: #656c76 }
          .sessions { fill: #4493f8; stroke: #4493f8 } .capacity { stroke: #e3b341 }
          .overload { fill: #f85149; fill-opacity: .38 } .unavailable { fill: #9198a1; fill-opacity: .35 }
        }
        """;

    private final LoadCurve curve;
    private final List<Outcome> outcomes;
    private final double capacity;
    private final double most;
    private final Svg svg = new Svg();

    private Plot(LoadCurve curve, List<Outcome> outcomes, double capacity) {
        this.curve = curve;
        this.outcomes = outcomes;
        this.capacity = capacity;
        double replicas = outcomes.stream()
                .flatMap(outcome -> outcome.serving().stream())
                .mapToDouble(Outcome.Serving::replicas)
                .max()
                .orElse(0);
        this.most = 1.06 * Math.max(1, Math.max(curve.most(), replicas * capacity));
    }

    /**
     * The picture.
     *
     * @param capacity sessions that a replica can take
     */
    public static String draw(LoadCurve curve, List<Outcome> outcomes, double capacity) {
        return new Plot(curve, outcomes, capacity).draw();
    }

    private String draw() {
        double height = TOP + (double) outcomes.size() * (HEADING + PLOT + GAP) - GAP + AXIS + LEGEND;
        svg.open(
                "svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\""
                        .formatted(Svg.at(WIDTH), Svg.at(height), Svg.at(WIDTH), Svg.at(height)));
        svg.element("title", "Sessions, and the replicas that KEDA and the HPA make of them");
        svg.element("style", STYLE);
        svg.rect("paper", 0, 0, WIDTH, height);
        svg.open("defs")
                .element("path id=\"sessions\" d=\"%s\"".formatted(sessions()))
                .close("defs");
        double top = TOP;
        for (Outcome outcome : outcomes) {
            drawPanel(outcome, top);
            top += HEADING + PLOT + GAP;
        }
        drawTimes(top - GAP);
        drawLegend(top - GAP + AXIS + 14);
        return svg.close("svg").toString();
    }

    private void drawPanel(Outcome outcome, double top) {
        svg.label("text name", LEFT, top + 19, outcome.setup().name());
        svg.label("muted end", RIGHT, top + 19, inShort(outcome));
        svg.open("g transform=\"translate(0 %s)\"".formatted(Svg.at(top + HEADING)));
        for (double tick : Ticks.upTo(most, MOST_MARKS)) {
            svg.line("grid", LEFT, y(tick), RIGHT, y(tick));
            svg.label("muted end", LEFT - 8, y(tick) + 4, Numbers.plain(tick));
        }
        for (long tick : Ticks.wholeUpTo(most / capacity, MOST_MARKS)) {
            svg.label("muted", RIGHT + 8, y((double) tick * capacity) + 4, String.valueOf(tick));
        }
        for (Instant time : times()) {
            svg.line("grid", x(time), 0, x(time), PLOT);
        }
        curve.outages().forEach(span -> band("unavailable", span));
        svg.element("use href=\"#sessions\" class=\"sessions\"");
        drawOverloads(outcome.overloads());
        svg.element("path class=\"capacity\" d=\"%s\"".formatted(capacity(outcome)));
        svg.line("frame", LEFT, PLOT, RIGHT, PLOT);
        svg.element(
                "text class=\"muted middle\" transform=\"translate(14 %s) rotate(-90)\"".formatted(Svg.at(PLOT / 2)),
                "sessions");
        svg.element(
                "text class=\"muted middle\" transform=\"translate(%s %s) rotate(-90)\""
                        .formatted(Svg.at(WIDTH - 10), Svg.at(PLOT / 2)),
                "replicas");
        svg.close("g");
    }

    private static String inShort(Outcome outcome) {
        return "overloaded %s · %s replica hours · %d changes · at most %d replicas"
                .formatted(
                        DurationFormat.time(outcome.overloaded()),
                        DurationFormat.hours(outcome.replicaTime()),
                        outcome.changes().size(),
                        outcome.peak());
    }

    /** The sessions, in each column of the picture the most there are. */
    private String sessions() {
        Span whole = curve.span();
        int columns = (int) (RIGHT - LEFT);
        double millis = (double) whole.length().toMillis() / columns;
        var path = new StringBuilder("M%s,%s".formatted(Svg.at(LEFT), Svg.at(PLOT)));
        for (int column = 0; column < columns; column++) {
            var span = new Span(
                    whole.from().plusMillis((long) (column * millis)),
                    whole.from().plusMillis((long) ((column + 1) * millis)));
            path.append(" L%s,%s".formatted(Svg.at(LEFT + column), Svg.at(y(curve.mostWithin(span)))));
        }
        return path.append(" L%s,%s".formatted(Svg.at(RIGHT - 1), Svg.at(PLOT))).toString();
    }

    /** A step for every change; of the changes that one pixel holds, the least, the most and the last. */
    private String capacity(Outcome outcome) {
        var path = new StringBuilder();
        List<Outcome.Serving> serving = outcome.serving();
        int next = 0;
        while (next < serving.size()) {
            double x = x(serving.get(next).since());
            int first = next;
            while (next < serving.size() && x(serving.get(next).since()) < x + 1) {
                next++;
            }
            LongSummaryStatistics within = serving.subList(first, next).stream()
                    .mapToLong(Outcome.Serving::replicas)
                    .summaryStatistics();
            path.append(path.isEmpty() ? "M%s,%s".formatted(Svg.at(x), height(within.getMin())) : " H" + Svg.at(x))
                    .append(" V")
                    .append(height(within.getMin()))
                    .append(" V")
                    .append(height(within.getMax()))
                    .append(" V")
                    .append(height(serving.get(next - 1).replicas()));
        }
        return path.append(" H").append(Svg.at(RIGHT)).toString();
    }

    private String height(long replicas) {
        return Svg.at(y((double) replicas * capacity));
    }

    /** Overloads, those that one pixel holds as one. */
    private void drawOverloads(List<Span> overloads) {
        int next = 0;
        while (next < overloads.size()) {
            Span first = overloads.get(next);
            Instant to = first.to();
            while (++next < overloads.size() && x(overloads.get(next).from()) - x(to) < 1) {
                to = overloads.get(next).to();
            }
            band("overload", new Span(first.from(), to));
        }
    }

    private void band(String style, Span span) {
        svg.rect(style, x(span.from()), 0, Math.max(1, x(span.to()) - x(span.from())), PLOT);
    }

    private void drawTimes(double top) {
        Duration step = Ticks.timeStep(curve.span(), MOST_TIMES);
        for (Instant time : times()) {
            svg.label("muted middle", x(time), top + 18, curve.scale().tick(time, step));
        }
        svg.label(
                "muted middle",
                (LEFT + RIGHT) / 2,
                top + 38,
                switch (curve.scale()) {
                    case CALENDAR -> "time, UTC";
                    case ELAPSED -> "time";
                });
    }

    private List<Instant> times() {
        return Ticks.times(curve.span(), Ticks.timeStep(curve.span(), MOST_TIMES));
    }

    private void drawLegend(double y) {
        legend(LEFT, y, "sessions", "sessions");
        svg.line("capacity", LEFT + 100, y - 4, LEFT + 122, y - 4);
        svg.label("text", LEFT + 128, y, "what the replicas can take, %s each".formatted(Numbers.plain(capacity)));
        legend(LEFT + 400, y, "overload", "more sessions than that");
        if (!curve.outages().isEmpty()) {
            legend(LEFT + 620, y, "unavailable", "Redis unavailable");
        }
    }

    private void legend(double x, double y, String style, String meaning) {
        svg.rect(style, x, y - 10, 22, 12);
        svg.label("text", x + 28, y, meaning);
    }

    private double x(Instant time) {
        Span whole = curve.span();
        double part = (double) Duration.between(whole.from(), time).toMillis()
                / (double) whole.length().toMillis();
        return LEFT + part * (RIGHT - LEFT);
    }

    private double y(double sessions) {
        return PLOT * (1 - sessions / most);
    }
}
