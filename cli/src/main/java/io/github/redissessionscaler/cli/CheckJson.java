package io.github.redissessionscaler.cli;

import com.google.gson.GsonBuilder;
import io.github.redissessionscaler.acl.MissingPermissions;
import io.github.redissessionscaler.app.Inspection.Cost;
import io.github.redissessionscaler.cli.CheckResult.CurrentReplicas;
import io.github.redissessionscaler.cli.CheckResult.Inspected;
import io.github.redissessionscaler.counting.Interval;
import io.github.redissessionscaler.diagnosis.FoundLayouts;
import io.github.redissessionscaler.diagnosis.KeyShapes;
import io.github.redissessionscaler.keda.ReplicaForecast;
import io.github.redissessionscaler.keda.SteadyState;
import io.github.redissessionscaler.proto.ActualReplicas;
import io.github.redissessionscaler.proto.Count;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.LookAhead;
import io.github.redissessionscaler.proto.Scan;
import io.github.redissessionscaler.trigger.Preset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Findings for programs; docs/check.md says what each field means. What is not known is left out. */
final class CheckJson {

    private CheckJson() {}

    static String of(CheckResult findings, CurrentReplicas replicas) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("status", findings.status());
        map.put("active", findings.active());
        map.put("metric", findings.metric());
        findings.value().ifPresent(value -> map.put("value", value));
        map.put("target", findings.target());
        map.put("metricTarget", findings.metricTarget());
        ReplicaForecast forecast = findings.forecast(replicas);
        SteadyState outlook = forecast.settled();
        map.put("currentReplicas", forecast.current());
        map.put("minReplicas", replicas.spec().minReplicas());
        map.put("maxReplicas", replicas.spec().maxReplicas());
        map.put("wantedReplicas", outlook.replicas());
        map.put("wantedAfterSeconds", outlook.after().toSeconds());
        map.put("wantedBecause", outlook.reason().name().toLowerCase(Locale.ROOT));
        forecast.needed().ifPresent(needed -> map.put("neededReplicas", needed));
        findings.explanation().ifPresent(explanation -> explained(explanation, map));
        map.put("advice", findings.warnings());
        findings.inspection()
                .ifPresent(inspected -> inspected(inspected, findings.outage().isEmpty(), map));
        return new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(map);
    }

    private static void explained(Explanation explanation, Map<String, Object> map) {
        map.put("counts", explanation.getCounted());
        if (explanation.hasCount()) {
            Count count = explanation.getCount();
            Interval likely = Interval.of95(count.getSessions(), count.getStandardError());
            map.put("sessions", count.getSessions());
            map.put(
                    "method",
                    count.getMethod().name().replaceFirst("METHOD_", "").toLowerCase(Locale.ROOT));
            map.put("standardError", count.getStandardError());
            map.put("confidence95", List.of(likely.lowest(), likely.highest()));
            map.put("ageSeconds", count.getAgeSeconds());
        }
        if (explanation.hasLookAhead()) {
            map.put("lookAhead", lookAhead(explanation.getLookAhead()));
        }
        if (explanation.hasReplicas()) {
            ActualReplicas known = explanation.getReplicas();
            map.put(
                    "hpa",
                    Map.of(
                            "name", known.getHpa(),
                            "currentReplicas", known.getCurrent(),
                            "desiredReplicas", known.getDesired(),
                            "minReplicas", known.getMin(),
                            "maxReplicas", known.getMax(),
                            "remarks", List.copyOf(known.getRemarksList())));
        }
        if (explanation.hasScan()) {
            map.put("scan", scan(explanation.getScan()));
        }
        map.put("outage", explanation.getOutage());
        map.put("targetProblem", explanation.getTargetProblem());
    }

    private static Map<String, Object> scan(Scan scan) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("keysSeen", scan.getKeysSeen());
        map.put("keysExpected", scan.getKeysExpected());
        map.put("seconds", scan.getRunningSeconds());
        CheckResult.wholeDuration(scan).ifPresent(whole -> map.put("wholeSeconds", seconds(whole)));
        return map;
    }

    private static Map<String, Object> lookAhead(LookAhead forecast) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("seconds", forecast.getSeconds());
        if (forecast.hasNow()) {
            map.put("now", forecast.getNow());
        }
        if (forecast.hasForecast()) {
            map.put("forecast", forecast.getForecast());
        }
        if (forecast.hasReported()) {
            map.put("reported", forecast.getReported());
        }
        map.put("used", forecast.getUsed());
        if (forecast.hasMeanError()) {
            map.put("meanError", forecast.getMeanError());
            map.put("meanErrorOfNow", forecast.getMeanErrorOfNow());
        }
        map.put("explanation", forecast.getExplanation());
        return map;
    }

    private static void inspected(Inspected inspected, boolean counted, Map<String, Object> map) {
        if (counted) {
            map.put("cost", cost(inspected.cost()));
        }
        inspected.keys().ifPresent(keys -> map.put("keys", keys(keys)));
        inspected.rights().ifPresent(rights -> map.put("rights", rights(rights)));
        inspected.layouts().ifPresent(layouts -> {
            map.put("databases", databases(layouts));
            layouts.problem().ifPresent(problem -> map.put("databasesProblem", problem));
        });
    }

    private static Map<String, Object> cost(Cost cost) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("seconds", seconds(cost.took()));
        map.put("commands", cost.commands());
        map.put("keysRead", cost.keysRead());
        cost.serverTime().ifPresent(time -> {
            map.put("serverSeconds", seconds(time));
            map.put("serverShare", CheckReport.serverShare(cost, time));
        });
        cost.firstExact().ifPresent(first -> {
            map.put("firstExactSeconds", seconds(first.duration()));
            map.put("countShare", first.share());
        });
        return map;
    }

    private static Map<String, Object> keys(KeyShapes keys) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("lookedAt", keys.lookedAt());
        map.put("counted", keys.counted());
        map.put("shapes", keys.shapes());
        return map;
    }

    private static List<Map<String, Object>> databases(SearchedLayouts searched) {
        return searched.databases().stream()
                .map(database -> {
                    Map<String, Object> map = new LinkedHashMap<>();
                    map.put("index", database.index());
                    map.put("size", database.keys());
                    map.put("lookedAt", database.lookedAt());
                    map.put(
                            "layouts",
                            database.fits().stream()
                                    .map(fit -> Map.of(
                                            "sessions", fit.sessions(),
                                            "metadata", searched.metadata(database, fit),
                                            "presets",
                                                    FoundLayouts.presets(fit)
                                                            .map(Preset::text)
                                                            .toList()))
                                    .toList());
                    map.put(
                            "patterns",
                            database.patterns().stream()
                                    .map(pattern -> Map.of(
                                            "keys", pattern.keys(), "metadata", searched.metadata(database, pattern)))
                                    .toList());
                    map.put(
                            "groups",
                            database.groups().stream().map(CheckJson::group).toList());
                    return map;
                })
                .toList();
    }

    private static Map<String, Object> group(FoundLayouts.KeyGroup group) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("masked", group.masked());
        map.put("share", group.share());
        group.type().ifPresent(type -> map.put("type", type));
        group.ttl().ifPresent(ttl -> map.put("ttlMillis", List.of(ttl.leastMillis(), ttl.mostMillis())));
        return map;
    }

    private static Map<String, Object> rights(MissingPermissions rights) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("user", rights.user());
        map.put("missing", rights.needed());
        map.put("useful", rights.helpful());
        rights.grant(rights.needed()).ifPresent(command -> map.put("grantMissing", command));
        rights.grant(rights.helpful()).ifPresent(command -> map.put("grantUseful", command));
        return map;
    }

    private static double seconds(Duration duration) {
        return (double) duration.toNanos() / 1e9;
    }
}
