package io.github.redissessionscaler.management;

import com.google.gson.JsonObject;
import io.github.redissessionscaler.evaluation.RefusedTriggers.RefusedTrigger;
import java.time.Instant;

/** A refused trigger as JSON; docs/status-page.md describes the fields. */
final class RefusedJson {

    private RefusedJson() {}

    static JsonObject of(RefusedTrigger refused, Instant now) {
        var json = new JsonObject();
        json.addProperty("namespace", refused.namespace());
        json.addProperty("name", refused.scaledObject());
        json.addProperty("reason", refused.reason());
        json.add("seconds", JsonNumbers.seconds(refused.since(), now));
        json.add("lastSeconds", JsonNumbers.seconds(refused.last(), now));
        return json;
    }
}
