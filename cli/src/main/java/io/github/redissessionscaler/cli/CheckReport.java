package io.github.redissessionscaler.cli;

import static java.util.stream.Collectors.joining;

import io.github.redissessionscaler.acl.MissingPermissions;
import io.github.redissessionscaler.app.Inspection.Cost;
import io.github.redissessionscaler.cli.CheckResult.CurrentReplicas;
import io.github.redissessionscaler.cli.CheckResult.Inspected;
import io.github.redissessionscaler.counting.Interval;
import io.github.redissessionscaler.diagnosis.FoundLayouts;
import io.github.redissessionscaler.diagnosis.KeyShapes;
import io.github.redissessionscaler.diagnosis.PatternProposal;
import io.github.redissessionscaler.hpa.DecisionReason;
import io.github.redissessionscaler.hpa.Tolerance;
import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.keda.ScaledObject;
import io.github.redissessionscaler.keda.SteadyState;
import io.github.redissessionscaler.proto.ActualReplicas;
import io.github.redissessionscaler.proto.Count;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.Scan;
import io.github.redissessionscaler.trigger.Layout;
import io.github.redissessionscaler.trigger.Preset;
import io.github.redissessionscaler.trigger.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Findings for people. For one use. */
final class CheckReport {

    private static final String NO_VALUE =
            "none, but an error: KEDA uses the fallback; without one, the HPA changes nothing";

    /**
     * If the share of some keys is this divided by the number of inspected keys, none is among them with a probability of 5 %.
     */
    private static final double HIGHEST_SHARE_UNSEEN = 3;

    /** From here on, seconds do not matter. */
    private static final Duration WHOLE_MINUTES = Duration.ofMinutes(10);

    /** A shorter first exact count is not worth a line. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final CheckResult findings;
    private final ReplicaForecast forecast;
    private final boolean minimumAssumed;
    private final StringBuilder text = new StringBuilder();

    private CheckReport(CheckResult findings, CurrentReplicas replicas) {
        this.findings = findings;
        this.forecast = findings.forecast(replicas);
        this.minimumAssumed = replicas.minimumAssumed();
    }

    static String of(CheckResult findings, CurrentReplicas replicas) {
        return new CheckReport(findings, replicas).made();
    }

    /** What does not fit, a line each; empty where all does. */
    static List<String> notes(CheckResult findings) {
        List<String> notes = new ArrayList<>();
        findings.explanation().ifPresent(explanation -> addProblems(explanation, notes));
        findings.warnings().forEach(sentence -> notes.add("Warning: " + sentence));
        findings.explanation()
                .filter(Explanation::hasScan)
                .ifPresent(explanation -> notes.add(running(explanation.getScan(), findings.awaitsExactCount())));
        return notes;
    }

    private String made() {
        List<String> notes = notes(findings);
        if (!notes.isEmpty()) {
            text.append(String.join("\n", notes)).append("\n\n");
        }
        findings.explanation().ifPresent(this::counted);
        findings.explanation()
                .filter(Explanation::hasLookAhead)
                .ifPresent(explanation ->
                        line("looks ahead", explanation.getLookAhead().getExplanation()));
        findings.inspection().ifPresent(this::inspected);
        String unknown = findings.outage().isPresent() ? ", because there is no count from Redis" : "";
        line("active", (findings.active() ? "yes" : "no") + unknown);
        line("metric", findings.metric());
        line("value", findings.value().isPresent() ? value(findings.value().getAsDouble()) : NO_VALUE);
        line("target", target());
        findings.explanation()
                .filter(Explanation::hasReplicas)
                .map(Explanation::getReplicas)
                .ifPresent(this::actual);
        SteadyState outlook = forecast.settled();
        line("wanted replicas", "%d, from %d now%s".formatted(outlook.replicas(), forecast.current(), why(outlook)));
        tolerance(outlook);
        findings.inspection().flatMap(Inspected::layouts).ifPresent(this::layouts);
        return text.toString();
    }

    /** What the scaler reads from the Kubernetes API. */
    private void actual(ActualReplicas known) {
        line(
                "HPA",
                "%s: %d replicas now, %d desired, between %d and %d"
                        .formatted(
                                Printable.plain(known.getHpa()),
                                known.getCurrent(),
                                known.getDesired(),
                                known.getMin(),
                                known.getMax()));
        known.getRemarksList().forEach(remark -> line("", Printable.plain(remark)));
    }

    private String target() {
        String current = Numbers.withCommas(findings.target());
        String ofMetric = Numbers.withCommas(findings.metricTarget());
        return current
                + " per replica"
                + (current.equals(ofMetric)
                        ? ""
                        : "; KEDA gets %s, so the value is scaled by %s / %s".formatted(ofMetric, ofMetric, current));
    }

    private String value(double value) {
        if (findings.outage().isEmpty()) {
            return number(value);
        }
        return value == 0
                ? "0, because there is no count from Redis"
                : number(value) + ", the last value, because there is no count from Redis";
    }

    /** Of a large number no fraction, which none of the readers needs. */
    private static String number(double value) {
        return Numbers.withCommas(Math.abs(value) < 1000 ? value : Math.rint(value));
    }

    private void line(String name, String what) {
        text.append("%-18s %s%n".formatted(name, what));
    }

    private void counted(Explanation explanation) {
        line("counts", explanation.getCounted());
        if (!explanation.hasCount()) {
            return;
        }
        Count count = explanation.getCount();
        String how = switch (count.getMethod()) {
            case METHOD_ESTIMATE -> {
                Interval likely = Interval.of95(count.getSessions(), count.getStandardError());
                yield "estimate, 95 %% confidence interval %s to %s"
                        .formatted(
                                Numbers.withCommas(Math.rint(likely.lowest())),
                                Numbers.withCommas(Math.rint(likely.highest())));
            }
            case METHOD_EXACT -> "exact count";
            case METHOD_INDEX -> "number stored by Redis";
            case METHOD_UNSPECIFIED, UNRECOGNIZED -> "counted";
        };
        line(
                "sessions",
                "%s, %s, %s s ago"
                        .formatted(
                                number(count.getSessions()), how, Numbers.plain(Math.max(0, count.getAgeSeconds()))));
    }

    private void inspected(Inspected inspected) {
        if (findings.outage().isEmpty() && !inspected.cost().commands().isEmpty()) {
            line("cost", cost(inspected.cost()));
            inspected
                    .cost()
                    .firstExact()
                    .filter(first -> first.duration().compareTo(SHORT) >= 0)
                    .ifPresent(first -> line(
                            "exact count",
                            "the first one of a scaler takes about %s with a COUNT_SHARE of %s %%"
                                    .formatted(about(first.duration()), Numbers.plain(100 * first.share()))));
        }
        inspected.keys().ifPresent(this::keys);
        inspected.rights().ifPresent(this::rights);
    }

    private static String cost(Cost cost) {
        String commands = cost.commands().entrySet().stream()
                .map(command -> "%s %s".formatted(Numbers.withCommas(command.getValue()), command.getKey()))
                .collect(joining(", "));
        return "%s%s in %s; %s"
                .formatted(
                        commands,
                        cost.keysRead() == 0 ? "" : ", %s keys read".formatted(Numbers.withCommas(cost.keysRead())),
                        seconds(cost.took()),
                        cost.serverTime()
                                .map(time ->
                                        "used %s of Redis's time (%s %%)".formatted(seconds(time), share(cost, time)))
                                .orElse("Redis's time is unknown, because the user may not call INFO"));
    }

    private static String share(Cost cost, Duration serverTime) {
        return Numbers.plain(100 * serverShare(cost, serverTime));
    }

    /** The part of the time of the count that Redis was busy with it, 0 to 1 for one server. */
    static double serverShare(Cost cost, Duration serverTime) {
        return (double) serverTime.toNanos() / (double) Math.max(1, cost.took().toNanos());
    }

    private static String seconds(Duration duration) {
        double micros = (double) duration.toNanos() / 1e3;
        if (micros < 1e3) {
            return Numbers.plain(Math.rint(micros)) + " µs";
        }
        return micros < 1e6
                ? Numbers.plain(Math.rint(micros / 1e2) / 1e1) + " ms"
                : Numbers.plain(Math.rint(micros / 1e5) / 1e1) + " s";
    }

    private void keys(KeyShapes keys) {
        line(
                "keys",
                "%s sampled, %s of them counted%s"
                        .formatted(
                                Numbers.withCommas(keys.lookedAt()),
                                Numbers.withCommas(keys.counted()),
                                keys.shapes().isEmpty() ? "" : ", such as"));
        keys.shapes()
                .forEach(shape -> line("", "%s × %s".formatted(Numbers.withCommas(shape.times()), shape.masked())));
    }

    private void layouts(SearchedLayouts searched) {
        text.append('\n');
        searched.problem().ifPresent(reason -> line("layouts", "unknown: " + reason));
        for (FoundLayouts database : searched.databases()) {
            line(
                    "database " + database.index(),
                    "%s, %s looked at%s"
                            .formatted(
                                    many(database.keys(), "key"),
                                    Numbers.withCommas(database.lookedAt()),
                                    missed(database)));
            database.fits().forEach(fit -> line("", fit(database, fit)));
            database.patterns().forEach(pattern -> line("", pattern(database, pattern)));
            if (database.fits().isEmpty()) {
                database.groups().forEach(group -> line("", group(group)));
            }
        }
        boolean aFit = FoundLayouts.best(searched.databases()).isPresent();
        searched.proposed()
                .ifPresent(metadata -> text.append(
                                aFit
                                        ? "\nThe trigger for these sessions:\n"
                                        : "\nThe trigger for these keys, if they are the sessions:\n")
                        .append(PrintedScaledObject.trigger(PrintedScaledObject.IN_CLUSTER, metadata)));
        if (searched.databases().stream()
                .anyMatch(database ->
                        database.fits().isEmpty() && !database.groups().isEmpty())) {
            text.append("\nNo preset fits keys that are shown with *: count those of your sessions by keyPattern.\n");
        }
    }

    /** What a sample of the keys may not show. */
    private static String missed(FoundLayouts database) {
        return database.estimated()
                ? ": sessions that are fewer than %s of the keys may be missing"
                        .formatted(Numbers.withCommas(Math.ceil(
                                HIGHEST_SHARE_UNSEEN / (double) database.lookedAt() * (double) database.keys())))
                : "";
    }

    private static String pattern(FoundLayouts database, PatternProposal pattern) {
        return "keyPattern \"%s\"%s: %s%s keys that may be sessions"
                .formatted(
                        Printable.plain(pattern.keyPattern()),
                        pattern.keyType()
                                .map(type -> ", keyType \"" + Printable.plain(type) + "\"")
                                .orElse(""),
                        database.estimated() ? "about " : "",
                        Numbers.withCommas(Math.rint(pattern.keys())));
    }

    private static String fit(FoundLayouts database, FoundLayouts.Fit fit) {
        String setting = fit.layout()
                .preset()
                .setting()
                .map(option -> setting(fit.layout(), option))
                .orElse("");
        String others = fit.alsoFit().stream().map(Preset::text).collect(joining(", "));
        return "preset %s%s: %s%s%s"
                .formatted(
                        fit.layout().preset(),
                        setting,
                        database.estimated() ? "about " : "",
                        many(Math.round(fit.sessions()), "session"),
                        others.isEmpty() ? "" : "; the same keys fit " + others);
    }

    private static String many(long number, String noun) {
        return Numbers.withCommas(number) + " " + noun + (number == 1 ? "" : "s");
    }

    private static String setting(Layout layout, Preset.PresetOption option) {
        String key = option.key().text();
        return layout.setting().isPresent() || option.hasOneDefault()
                ? ", %s \"%s\""
                        .formatted(
                                key, Printable.plain(layout.effectiveSetting().orElse("")))
                : ", without " + key;
    }

    private static String group(FoundLayouts.KeyGroup group) {
        return "%s %%  %-8s %-20s %s"
                .formatted(
                        "%5.1f".formatted(100 * group.share()),
                        group.type().map(Printable::plain).orElse("?"),
                        group.ttl().map(CheckReport::ttl).orElse("TTL unknown"),
                        Printable.plain(group.masked()));
    }

    private static String ttl(FoundLayouts.TtlRange ttl) {
        if (ttl.mostMillis() < 0) {
            return "no TTL";
        }
        String most = Durations.format(Duration.ofSeconds(Math.max(1, ttl.mostMillis() / 1000)));
        return ttl.leastMillis() < 0 ? "TTL none to " + most : "TTL up to " + most;
    }

    private void rights(MissingPermissions rights) {
        granted("missing ACL rules", rights, rights.needed(), "");
        granted("useful ACL rules", rights, rights.helpful(), " for " + String.join(", ", rights.benefits()));
        if (rights.missing().isEmpty()) {
            line("ACL rules", "the user %s has all permissions that this trigger uses".formatted(rights.user()));
        }
    }

    private void granted(String name, MissingPermissions rights, List<String> rules, String reason) {
        rights.grant(rules).ifPresent(command -> {
            line(name, String.join(" ", rules) + reason);
            line("", command);
        });
    }

    private String why(SteadyState outlook) {
        ScaledObject spec = forecast.scaledObject();
        List<String> why = new ArrayList<>();
        long needed = forecast.needed().orElse(outlook.replicas());
        if (outlook.reason() == DecisionReason.MAXIMUM) {
            why.add("the value needs %d, but maxReplicaCount is %d".formatted(needed, spec.maxReplicas()));
        } else if (findings.outage().isPresent() && findings.value().isPresent()) {
            why.add("what KEDA and the HPA do with that value");
        } else if (outlook.reason() == DecisionReason.MINIMUM && needed < outlook.replicas()) {
            why.add(
                    spec.minReplicas() > 0
                            ? "the value needs %d, but minReplicaCount is %d".formatted(needed, spec.minReplicas())
                            : "the value needs %d, but the HPA keeps one while the trigger is active"
                                    .formatted(needed));
        } else if (outlook.reason() == DecisionReason.COOLED_DOWN) {
            why.add("the trigger is inactive, and KEDA scales to %d after cooldownPeriod, %s%d s"
                    .formatted(
                            outlook.replicas(),
                            spec.cooldown().equals(ScaledObject.DEFAULT.cooldown()) ? "by default " : "",
                            spec.cooldown().toSeconds()));
        } else if (outlook.reason() == DecisionReason.ZERO) {
            why.add("the trigger is inactive, so KEDA starts none");
        }
        if (minimumAssumed) {
            why.add("minReplicaCount is assumed to be 0; if it is 1, add --min-replicas 1");
        }
        if (outlook.after().isPositive() && outlook.reason() != DecisionReason.COOLED_DOWN) {
            why.add("reached after %s".formatted(seconds(outlook.after())));
        }
        return why.isEmpty() ? "" : ": " + String.join("; ", why);
    }

    private void tolerance(SteadyState outlook) {
        if (outlook.reason() != DecisionReason.TOLERATED) {
            return;
        }
        long replicas = outlook.replicas();
        long needed = forecast.needed().orElse(replicas);
        if (needed < replicas) {
            text.append("%nThe value needs %d, but the HPA tolerates %s.%n"
                    .formatted(
                            needed,
                            percent(forecast.scaledObject().tolerance().scaleDown(), Tolerance.DEFAULT.scaleDown())));
            return;
        }
        text.append("""

            The value needs %d, but the HPA tolerates %s: it scales out from %d at %d sessions.
            %s
            """.formatted(
                needed,
                percent(forecast.scaledObject().tolerance().scaleUp(), Tolerance.DEFAULT.scaleUp()),
                replicas,
                forecast.from(replicas).thresholds(findings::valueOf).moreAt().orElse(Long.MAX_VALUE),
                roundingHelps(needed, replicas) ? """
                    Remedies: wholeReplicas: "true" in the metadata; or, on Kubernetes 1.35 and later, tolerance: "0" in the
                    ScaledObject's horizontalPodAutoscalerConfig.behavior.\
                    """ : """
                        Remedy: tolerance: "0" in the ScaledObject's horizontalPodAutoscalerConfig.behavior, on Kubernetes 1.35 and
                        later.\
                        """));
    }

    private static String percent(double tolerance, double byDefault) {
        return Numbers.plain(100 * tolerance) + " %" + (tolerance == byDefault ? " by default" : "");
    }

    /** Whether a value of whole replicas would be beyond the tolerance, where the trigger does not have it so already. */
    private boolean roundingHelps(long needed, long replicas) {
        boolean whole = findings.trigger().map(Trigger::wholeReplicas).orElse(false);
        double rounded = (double) needed * findings.metricTarget();
        return !whole && forecast.from(replicas).withValue(rounded).wanted() > replicas;
    }

    private static void addProblems(Explanation explanation, List<String> notes) {
        if (!explanation.getOutage().isEmpty()) {
            notes.add("No count from Redis%s: %s"
                    .formatted(
                            explanation.getOutageSeconds() < 1
                                    ? ""
                                    : " for " + Numbers.withCommas(Math.rint(explanation.getOutageSeconds())) + " s",
                            explanation.getOutage()));
        }
        if (!explanation.getTargetProblem().isEmpty()) {
            notes.add("sessionSizeKey gives no target: " + explanation.getTargetProblem());
        }
    }

    private static String running(Scan scan, boolean first) {
        String progress = "%s of about %s keys in %s s"
                .formatted(
                        Numbers.withCommas(scan.getKeysSeen()),
                        Numbers.withCommas(scan.getKeysExpected()),
                        Numbers.plain(scan.getRunningSeconds()));
        Optional<String> whole = CheckResult.wholeDuration(scan).map(CheckReport::about);
        return whole.filter(_ -> first)
                .map(duration -> "The first exact count takes about %s with the scaler's COUNT_SHARE: %s are scanned"
                        .formatted(duration, progress))
                .orElseGet(() -> "A scan is running: " + progress
                        + whole.map(", about %s in all"::formatted).orElse(""));
    }

    /** Whole seconds, or minutes. */
    private static String about(Duration duration) {
        Duration rounded = Duration.ofSeconds(Math.max(1, Math.round((double) duration.toMillis() / 1e3)));
        return rounded.compareTo(WHOLE_MINUTES) < 0
                ? rounded.toSeconds() + " s"
                : Numbers.withCommas(Math.round((double) rounded.toSeconds() / 60)) + " minutes";
    }
}
