package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.hpa.HorizontalPodAutoscaler;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a scaler answered, and what follows.
 *
 * @param target sessions per instance
 */
record Findings(boolean active, String metric, double target, double value) {

    private static final HorizontalPodAutoscaler HPA = HorizontalPodAutoscaler.DEFAULT;

    String inWords(long currentReplicas) {
        long wanted = wanted(currentReplicas);
        return """
            active             %s
            metric             %s
            value              %s
            target             %s per instance
            wanted instances   %d, from %d now%s
            """.formatted(
                                active ? "yes" : "no",
                                metric,
                                number(value),
                                number(target),
                                wanted,
                                currentReplicas,
                                active ? "" : "; KEDA scales to minReplicaCount while the trigger is inactive")
                + tolerance(currentReplicas, wanted);
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
        return map;
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
                needed, number(HPA.tolerance() * 100), currentReplicas, HPA.sessionsToLeave(target, currentReplicas));
    }

    private static String number(double number) {
        return new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
    }
}
