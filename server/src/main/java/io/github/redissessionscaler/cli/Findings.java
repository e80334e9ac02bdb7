package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.counting.Interval;
import io.github.redissessionscaler.hpa.HorizontalPodAutoscaler;
import io.github.redissessionscaler.problem.Numbers;
import io.github.redissessionscaler.proto.Count;
import io.github.redissessionscaler.proto.Explanation;
import io.github.redissessionscaler.proto.Scan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What a scaler answered, and what follows.
 *
 * @param target sessions per instance
 * @param explanation where the answers come from; empty where the scaler does not tell
 */
record Findings(boolean active, String metric, double target, double value, Optional<Explanation> explanation) {

    private static final HorizontalPodAutoscaler HPA = HorizontalPodAutoscaler.DEFAULT;

    String inWords(long currentReplicas) {
        long wanted = wanted(currentReplicas);
        return explanation.map(Findings::counted).orElse("")
                + """
                active             %s
                metric             %s
                value              %s
                target             %s per instance
                wanted instances   %d, from %d now%s
                """.formatted(
                                active ? "yes" : "no",
                                metric,
                                Numbers.plain(value),
                                Numbers.plain(target),
                                wanted,
                                currentReplicas,
                                active ? "" : "; KEDA scales to minReplicaCount while the trigger is inactive")
                + tolerance(currentReplicas, wanted)
                + explanation.map(Findings::remarks).orElse("");
    }

    Map<String, Object> asMap(long currentReplicas) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("active", active);
        map.put("metric", metric);
        map.put("value", value);
        map.put("target", target);
        map.put("currentReplicas", currentReplicas);
        map.put("wantedReplicas", wanted(currentReplicas));
        map.put("neededReplicas", HorizontalPodAutoscaler.needed(value, target));
        explanation.ifPresent(known -> map.putAll(asMap(known)));
        return map;
    }

    private static String counted(Explanation explanation) {
        String counts = "counts             %s%n".formatted(explanation.getCounted());
        if (!explanation.hasCount()) {
            return counts;
        }
        Count count = explanation.getCount();
        String sessions = switch (count.getMethod()) {
            case METHOD_ESTIMATE ->
                "%s, estimated; with 95 %% confidence %s to %s"
                        .formatted(
                                Numbers.plain(count.getSessions()),
                                Numbers.plain(likely(count).lowest()),
                                Numbers.plain(likely(count).highest()));
            case METHOD_EXACT -> "%s, each visited".formatted(Numbers.plain(count.getSessions()));
            case METHOD_INDEX, METHOD_UNSPECIFIED, UNRECOGNIZED -> Numbers.plain(count.getSessions());
        };
        return counts
                + "sessions           %s, %s s ago%n"
                        .formatted(sessions, Numbers.plain(Math.max(0, count.getAgeSeconds())));
    }

    private static String remarks(Explanation explanation) {
        var remarks = new StringJoiner("\n", "\n", "\n").setEmptyValue("");
        if (!explanation.getOutage().isEmpty()) {
            remarks.add("Redis has not answered for %s s: %s"
                    .formatted(Numbers.plain(explanation.getOutageSeconds()), explanation.getOutage()));
        }
        if (!explanation.getTargetProblem().isEmpty()) {
            remarks.add("sessionSizeKey gives no target: " + explanation.getTargetProblem());
        }
        if (explanation.hasScan()) {
            Scan scan = explanation.getScan();
            remarks.add("A scan is under way: %d of about %d keys in %s s"
                    .formatted(scan.getKeysSeen(), scan.getKeysExpected(), Numbers.plain(scan.getRunningSeconds())));
        }
        explanation.getAdviceList().forEach(sentence -> remarks.add("Note: " + sentence));
        return remarks.toString();
    }

    private static Map<String, Object> asMap(Explanation explanation) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("counts", explanation.getCounted());
        if (explanation.hasCount()) {
            Count count = explanation.getCount();
            map.put("sessions", count.getSessions());
            map.put(
                    "method",
                    count.getMethod().name().replaceFirst("METHOD_", "").toLowerCase(Locale.ROOT));
            map.put("standardError", count.getStandardError());
            map.put(
                    "confidence95",
                    List.of(likely(count).lowest(), likely(count).highest()));
            map.put("ageSeconds", count.getAgeSeconds());
        }
        if (explanation.hasScan()) {
            map.put(
                    "scan",
                    Map.of(
                            "keysSeen", explanation.getScan().getKeysSeen(),
                            "keysExpected", explanation.getScan().getKeysExpected()));
        }
        map.put("outage", explanation.getOutage());
        map.put("targetProblem", explanation.getTargetProblem());
        map.put("advice", List.copyOf(explanation.getAdviceList()));
        return map;
    }

    private static Interval likely(Count count) {
        return Interval.of95(count.getSessions(), count.getStandardError());
    }

    private long wanted(long currentReplicas) {
        return HPA.desiredReplicas(value, target, currentReplicas);
    }

    private String tolerance(long currentReplicas, long wanted) {
        long needed = HorizontalPodAutoscaler.needed(value, target);
        if (needed == wanted) {
            return "";
        }
        return """

            %d would be needed, but the HPA tolerates %s %% by default: from %d it leaves at %d sessions.
            Remedies: wholeInstances: "true" in the metadata; or, on Kubernetes 1.35 and later, tolerance: "0" in the
            ScaledObject's horizontalPodAutoscalerConfig.behavior.
            """.formatted(
                        needed,
                        Numbers.plain(HPA.tolerance().scaleUp() * 100),
                        currentReplicas,
                        HPA.sessionsToLeave(target, currentReplicas));
    }
}
