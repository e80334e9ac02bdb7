package io.github.redissessionscaler.browser;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A headless Chromium with one empty page, driven by its DevTools protocol. For one thread. */
final class Chromium implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final Path profile;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonObject>> calls = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Chromium(Path profile, Process process, int port) {
        this.profile = profile;
        this.process = process;
        socket = http.newWebSocketBuilder()
                .buildAsync(pageOf(port), new Listener())
                .join();
        call("Runtime.enable", Map.of());
        call("Log.enable", Map.of());
        call("Page.enable", Map.of());
        call("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    }

    static Chromium start() {
        try {
            Path profile = Files.createTempDirectory("chromium-");
            Process process = new ProcessBuilder(
                            "chromium",
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--disable-dev-shm-usage",
                            "--remote-debugging-port=0",
                            "--user-data-dir=" + profile,
                            "about:blank")
                    .redirectErrorStream(true)
                    .redirectOutput(profile.resolve("log").toFile())
                    .start();
            Path portFile = profile.resolve("DevToolsActivePort");
            Awaitility.await()
                    .atMost(ANSWER)
                    .until(() ->
                            Files.exists(portFile) && Files.readString(portFile).contains("\n"));
            int port = Integer.parseInt(Files.readAllLines(portFile).getFirst());
            return new Chromium(profile, process, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the console, the log and exceptions of the page said that a good page does not say. */
    List<String> complaints() {
        return complaints;
    }

    void open(String url) {
        call("Page.navigate", Map.of("url", url));
    }

    /** How the page is looked at from now on. */
    void looksThrough(int width, int height, String colorScheme) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colorScheme))));
    }

    /** The value of an expression, which may be a promise. */
    JsonElement evaluate(String expression) {
        JsonObject result =
                call("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new IllegalStateException(result.get("exceptionDetails").toString());
        }
        JsonObject value = result.getAsJsonObject("result");
        return value.has("value") ? value.get("value") : new JsonObject();
    }

    /** A key goes down and up where the focus is. */
    void press(String key, String code, int number) {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of("type", type, "key", key, "code", code, "windowsVirtualKeyCode", number));
        }
    }

    /** The whole page as PNG. */
    byte[] screenshot() {
        JsonObject size = call("Page.getLayoutMetrics", Map.of()).getAsJsonObject("cssContentSize");
        var clip = Map.of(
                "x",
                0,
                "y",
                0,
                "width",
                size.get("width").getAsInt(),
                "height",
                size.get("height").getAsInt(),
                "scale",
                1);
        JsonObject result =
                call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true, "clip", clip));
        return Base64.getDecoder().decode(result.get("data").getAsString());
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        // Its child processes write to the end.
        Awaitility.await().atMost(ANSWER).ignoreExceptions().until(this::deleteProfile);
    }

    private boolean deleteProfile() throws IOException {
        try (var files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
        return !Files.exists(profile);
    }

    private JsonObject call(String method, Map<String, Object> parameters) {
        int id = ids.incrementAndGet();
        var answer = new CompletableFuture<JsonObject>();
        calls.put(id, answer);
        var message = new JsonObject();
        message.addProperty("id", id);
        message.addProperty("method", method);
        message.add("params", new Gson().toJsonTree(parameters));
        socket.sendText(message.toString(), true).join();
        JsonObject response =
                answer.orTimeout(ANSWER.toSeconds(), TimeUnit.SECONDS).join();
        if (response.has("error")) {
            throw new IllegalStateException(method + ": " + response.get("error"));
        }
        return response.getAsJsonObject("result");
    }

    private URI pageOf(int port) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                    .build();
            String targets = http.send(request, BodyHandlers.ofString()).body();
            for (JsonElement target : JsonParser.parseString(targets).getAsJsonArray()) {
                if (target.getAsJsonObject().get("type").getAsString().equals("page")) {
                    return URI.create(
                            target.getAsJsonObject().get("webSocketDebuggerUrl").getAsString());
                }
            }
            throw new IllegalStateException("no page in " + targets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Gathers the parts of messages; answers complete their calls, and events that complain are kept. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                received(JsonParser.parseString(parts.toString()).getAsJsonObject());
                parts.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        private void received(JsonObject message) {
            if (message.has("id")) {
                CompletableFuture<JsonObject> call =
                        calls.remove(message.get("id").getAsInt());
                if (call != null) {
                    call.complete(message);
                }
                return;
            }
            String parameters = String.valueOf(message.get("params"));
            switch (message.get("method").getAsString()) {
                case "Runtime.exceptionThrown" -> complaints.add(parameters);
                case "Runtime.consoleAPICalled" -> {
                    if (!parameters.contains("\"type\":\"log\"")) {
                        complaints.add(parameters);
                    }
                }
                case "Log.entryAdded" -> complaints.add(parameters);
                default -> {}
            }
        }
    }
}
