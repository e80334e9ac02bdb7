package io.github.redissessionscaler.distribution;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What an archive or an image consists of, in CycloneDX's JSON: the libraries that Maven knows, and what it does not know. */
final class BillOfMaterials {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final JsonObject bill;

    private BillOfMaterials(JsonObject bill) {
        this.bill = bill;
    }

    /**
     * The one that CycloneDX has written.
     *
     * @throws IOException if it cannot be read
     */
    static BillOfMaterials read(Path file) throws IOException {
        if (Files.notExists(file)) {
            throw new IOException(
                    file + " is missing: Maven passes over CycloneDX when it is offline; build without -o");
        }
        return new BillOfMaterials(
                JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    }

    /** The same with the Java runtime, which is of the JDK that this runs on and has these modules. */
    BillOfMaterials withRuntime(List<String> modules) {
        return with(
                "platform",
                "Java runtime",
                Runtime.version().toString(),
                System.getProperty("java.vendor") + ", with the modules " + String.join(", ", modules),
                "GPL-2.0-only WITH Classpath-exception-2.0");
    }

    /** The same with a program that one of the libraries carries. */
    BillOfMaterials withProgram(String name, String version, String library, String license) {
        return with("application", name, version, "carried by " + library, license);
    }

    /** The same without a library. */
    BillOfMaterials without(String library) {
        JsonObject copy = bill.deepCopy();
        copy.getAsJsonArray("components")
                .asList()
                .removeIf(component ->
                        component.getAsJsonObject().get("name").getAsString().equals(library));
        for (JsonElement element : copy.getAsJsonArray("dependencies")) {
            JsonElement dependsOn = element.getAsJsonObject().get("dependsOn");
            if (dependsOn != null) {
                dependsOn.getAsJsonArray().asList().removeIf(reference -> isOf(library, reference));
            }
        }
        copy.getAsJsonArray("dependencies")
                .asList()
                .removeIf(element -> isOf(library, element.getAsJsonObject().get("ref")));
        return new BillOfMaterials(copy);
    }

    /** The same without the hashes of libraries that are no longer as published; they are named by their files. */
    BillOfMaterials withoutHashes(List<String> files) {
        JsonObject copy = bill.deepCopy();
        for (JsonElement element : copy.getAsJsonArray("components")) {
            JsonObject component = element.getAsJsonObject();
            String file = component.get("name").getAsString() + "-"
                    + component.get("version").getAsString() + ".jar";
            if (files.contains(file)) {
                component.remove("hashes");
            }
        }
        return new BillOfMaterials(copy);
    }

    void write(Path file) throws IOException {
        Files.writeString(file, GSON.toJson(bill) + "\n");
    }

    private static boolean isOf(String library, JsonElement reference) {
        return reference.getAsString().contains("/" + library + "@");
    }

    private BillOfMaterials with(String type, String name, String version, String description, String license) {
        var expression = new JsonObject();
        expression.addProperty("expression", license);
        var licenses = new JsonArray();
        licenses.add(expression);
        var component = new JsonObject();
        component.addProperty("type", type);
        component.addProperty("name", name);
        component.addProperty("version", version);
        component.addProperty("description", description);
        component.add("licenses", licenses);
        JsonObject copy = bill.deepCopy();
        copy.getAsJsonArray("components").add(component);
        return new BillOfMaterials(copy);
    }
}
