package io.github.redissessionscaler.management;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.redissessionscaler.observed.ApiAccess;
import io.github.redissessionscaler.observed.HpaObservation;
import io.github.redissessionscaler.observed.Observation;
import io.github.redissessionscaler.observed.ObservedCondition;
import io.github.redissessionscaler.observed.ScaledObjectObservation;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What the Kubernetes API says as JSON; docs/status-page.md describes the fields. */
final class KubernetesJson {

    private KubernetesJson() {}

    /** Whether each kind of object can be read. */
    static JsonArray access(List<ApiAccess> access, Instant now) {
        var all = new JsonArray();
        access.forEach(one -> {
            var json = new JsonObject();
            json.addProperty("resource", one.resource());
            json.addProperty("state", one.state().name().toLowerCase(Locale.ROOT));
            json.add("seconds", JsonNumbers.seconds(one.since(), now));
            one.problem().ifPresent(problem -> json.addProperty("problem", problem));
            all.add(json);
        });
        return all;
    }

    /** The HPA and the ScaledObject of a trigger. */
    static JsonObject of(Observation observed, Instant now) {
        var json = new JsonObject();
        observed.hpa().ifPresent(hpa -> json.add("hpa", hpa(hpa, now)));
        observed.scaledObject().ifPresent(known -> json.add("scaledObject", scaledObject(known)));
        var remarks = new JsonArray();
        observed.remarks().forEach(remarks::add);
        json.add("remarks", remarks);
        return json;
    }

    private static JsonObject hpa(HpaObservation hpa, Instant now) {
        var json = new JsonObject();
        json.addProperty("name", hpa.name());
        json.addProperty("currentReplicas", hpa.currentReplicas());
        json.addProperty("desiredReplicas", hpa.desiredReplicas());
        json.addProperty("minReplicas", hpa.minReplicas());
        json.addProperty("maxReplicas", hpa.maxReplicas());
        hpa.lastScaled().ifPresent(then -> json.add("scaledSeconds", JsonNumbers.seconds(then, now)));
        json.add("conditions", conditions(hpa.conditions()));
        return json;
    }

    private static JsonObject scaledObject(ScaledObjectObservation known) {
        var json = new JsonObject();
        var triggers = new JsonArray();
        known.triggers().forEach(triggers::add);
        json.add("triggers", triggers);
        known.pause().ifPresent(pause -> {
            json.addProperty("paused", pause.part().name().toLowerCase(Locale.ROOT));
            pause.replicas().ifPresent(replicas -> json.addProperty("pausedReplicas", replicas));
        });
        known.fallback().ifPresent(replicas -> json.addProperty("fallbackReplicas", replicas));
        json.addProperty("usesFallback", known.usesFallback());
        json.addProperty("formula", known.formula());
        json.add("conditions", conditions(known.conditions()));
        return json;
    }

    private static JsonArray conditions(List<ObservedCondition> conditions) {
        var all = new JsonArray();
        conditions.forEach(condition -> {
            var json = new JsonObject();
            json.addProperty("type", condition.type());
            json.addProperty("status", condition.status());
            json.addProperty("reason", condition.reason());
            if (!condition.message().isEmpty()) {
                json.addProperty("message", condition.message());
            }
            all.add(json);
        });
        return all;
    }
}
