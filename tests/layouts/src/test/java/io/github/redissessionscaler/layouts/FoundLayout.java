package io.github.redissessionscaler.layouts;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.redissessionscaler.cli.Main;
import io.github.redissessionscaler.testing.RedisServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What {@code check} finds in a Redis, given only its address. */
final class FoundLayout {

    private FoundLayout() {}

    /** The metadata that it proposes for this preset, in database 0; empty if it does not find the preset. */
    static Map<String, String> of(RedisServer redis, String preset) {
        var out = new StringWriter();
        Main.commandLine()
                .setOut(new PrintWriter(out))
                .execute("check", "--redis", redis.address(), "--output", "json");
        JsonArray databases =
                JsonParser.parseString(out.toString()).getAsJsonObject().getAsJsonArray("databases");
        return objects(databases)
                .flatMap(database -> objects(database.getAsJsonArray("layouts")))
                .filter(layout -> texts(layout.getAsJsonArray("presets")).contains(preset))
                .findFirst()
                .map(layout -> {
                    Map<String, String> metadata = new HashMap<>();
                    layout.getAsJsonObject("metadata")
                            .entrySet()
                            .forEach(entry -> metadata.put(
                                    entry.getKey(), entry.getValue().getAsString()));
                    return metadata;
                })
                .orElse(Map.of());
    }

    private static Stream<JsonObject> objects(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsJsonObject);
    }

    private static List<String> texts(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsString).toList();
    }
}
