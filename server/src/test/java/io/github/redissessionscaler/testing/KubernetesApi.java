package io.github.redissessionscaler.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A stand-in for the API server of Kubernetes, on loopback: lists in pages, and watches. It records what it is asked. */
public final class KubernetesApi implements AutoCloseable {

    public static final String HPAS = "horizontalpodautoscalers";
    public static final String SCALED_OBJECTS = "scaledobjects";
    public static final String EVENTS = "events";

    private static final Gson GSON = new Gson();
    private static final Map<String, String> API_VERSIONS =
            Map.of(HPAS, "autoscaling/v2", SCALED_OBJECTS, "keda.sh/v1alpha1", EVENTS, "v1");
    private static final Map<String, String> KINDS =
            Map.of(HPAS, "HorizontalPodAutoscaler", SCALED_OBJECTS, "ScaledObject", EVENTS, "Event");
    private static final int GONE = 410;

    /**
     * A request.
     *
     * @param resource the plural name of the kind
     * @param namespace empty for all
     * @param query its parameters
     * @param authorization the header of that name
     */
    public record ApiRequest(
            String resource, Optional<String> namespace, Map<String, String> query, Optional<String> authorization) {

        public boolean isWatch() {
            return query.containsKey("watch");
        }
    }

    /** What a watch from an earlier version has to send. */
    private record Change(long version, String resource, String namespace, String line) {
        boolean isFor(ApiRequest request) {
            return request.resource().equals(resource)
                    && request.namespace().map(namespace::equals).orElse(true);
        }
    }

    /** An open watch, and what it is still to send. */
    private record OpenWatch(ApiRequest request, BlockingQueue<String> lines) {}

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final Map<String, JsonObject> objects = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<OpenWatch> watches = new CopyOnWriteArrayList<>();
    private final List<ApiRequest> requests = new CopyOnWriteArrayList<>();
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final Set<String> unwatchable = ConcurrentHashMap.newKeySet();
    private volatile Optional<String> token = Optional.empty();
    private long version = 1000;
    private long oldest;

    private KubernetesApi(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public static KubernetesApi start() {
        return new KubernetesApi(0);
    }

    /** Starts on a port that a server had before. */
    public static KubernetesApi onPort(int port) {
        return new KubernetesApi(port);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** A kubeconfig file for this server. */
    public String kubeconfig() {
        return """
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "%s"}}]
            users: [{name: test, user: {token: secret-of-kubeconfig}}]
            contexts: [{name: test, context: {cluster: test, user: test}}]
            """.formatted(url());
    }

    /** All requests so far. */
    public List<ApiRequest> requests() {
        return List.copyOf(requests);
    }

    /** Number of open watches. */
    public int watches() {
        return watches.size();
    }

    /** From now on only this bearer token is accepted. */
    public void accept(String accepted) {
        token = Optional.of(accepted);
    }

    /** From now on nobody may list or watch these objects. */
    public void deny(String resource) {
        denied.add(resource);
        endWatches();
    }

    /** From now on these objects may be listed, but not watched. */
    public void denyWatches(String resource) {
        unwatchable.add(resource);
        endWatches();
    }

    public void allow(String resource) {
        denied.remove(resource);
        unwatchable.remove(resource);
    }

    /** Creates or replaces an object, given as JSON without kind and version. */
    public synchronized void put(String resource, String namespace, String name, String json) {
        JsonObject object = JsonParser.parseString(json).getAsJsonObject();
        object.addProperty("apiVersion", API_VERSIONS.get(resource));
        object.addProperty("kind", KINDS.get(resource));
        if (!object.has("metadata")) {
            object.add("metadata", new JsonObject());
        }
        JsonObject metadata = object.getAsJsonObject("metadata");
        metadata.addProperty("namespace", namespace);
        metadata.addProperty("name", name);
        metadata.addProperty("resourceVersion", Long.toString(++version));
        boolean known = objects.put(key(resource, namespace, name), object) != null;
        send(resource, namespace, known ? "MODIFIED" : "ADDED", object);
    }

    public synchronized void delete(String resource, String namespace, String name) {
        version++;
        JsonObject old = requireNonNull(objects.remove(key(resource, namespace, name)));
        send(resource, namespace, "DELETED", old);
    }

    /** Deletes an object without telling the watches, as while a client is not connected. */
    public synchronized void deleteUnseen(String resource, String namespace, String name) {
        version++;
        objects.remove(key(resource, namespace, name));
    }

    /** Ends all watches with 410: the versions so far are forgotten. */
    public synchronized void forgetVersions() {
        oldest = ++version;
        watches.forEach(watch -> watch.lines().add(event("ERROR", status(GONE, "Expired"))));
        endWatches();
    }

    /** Ends all watches, as a server does after some minutes. */
    public void endWatches() {
        watches.forEach(watch -> watch.lines().add(""));
    }

    private static String key(String resource, String namespace, String name) {
        return resource + "/" + namespace + "/" + name;
    }

    private void send(String resource, String namespace, String type, JsonObject object) {
        var change = new Change(version, resource, namespace, event(type, object));
        changes.add(change);
        watches.stream()
                .filter(watch -> change.isFor(watch.request()))
                .forEach(watch -> watch.lines().add(change.line()));
    }

    private static String event(String type, JsonObject object) {
        var event = new JsonObject();
        event.addProperty("type", type);
        event.add("object", object);
        return GSON.toJson(event);
    }

    /** Says how far the watch is. A real server sends one each minute. */
    private static JsonObject bookmark(ApiRequest request) {
        var metadata = new JsonObject();
        metadata.addProperty("resourceVersion", request.query().getOrDefault("resourceVersion", "0"));
        var object = new JsonObject();
        object.addProperty("apiVersion", API_VERSIONS.get(request.resource()));
        object.addProperty("kind", KINDS.get(request.resource()));
        object.add("metadata", metadata);
        return object;
    }

    private static JsonObject status(int code, String reason) {
        var status = new JsonObject();
        status.addProperty("kind", "Status");
        status.addProperty("apiVersion", "v1");
        status.addProperty("status", "Failure");
        status.addProperty("code", code);
        status.addProperty("reason", reason);
        status.addProperty("message", "the stand-in says " + reason);
        return status;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            ApiRequest request = request(exchange);
            requests.add(request);
            if (token.isPresent() && !request.authorization().equals(token.map("Bearer "::concat))) {
                reply(exchange, 401, GSON.toJson(status(401, "Unauthorized")));
            } else if (denied.contains(request.resource())
                    || (request.isWatch() && unwatchable.contains(request.resource()))) {
                reply(exchange, 403, GSON.toJson(status(403, "Forbidden")));
            } else if (request.isWatch()) {
                watch(exchange, request);
            } else {
                reply(exchange, 200, list(request));
            }
        }
    }

    private static ApiRequest request(HttpExchange exchange) {
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        Map<String, String> query = new HashMap<>();
        Optional.ofNullable(exchange.getRequestURI().getRawQuery()).ifPresent(text -> {
            for (String pair : text.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                query.put(parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8));
            }
        });
        if ("false".equals(query.get("watch"))) {
            query.remove("watch");
        }
        boolean inNamespace = path.length > 3 && path[path.length - 3].equals("namespaces");
        return new ApiRequest(
                path[path.length - 1],
                inNamespace ? Optional.of(path[path.length - 2]) : Optional.empty(),
                query,
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")));
    }

    private static void reply(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private synchronized String list(ApiRequest request) {
        List<JsonObject> found = objects.entrySet().stream()
                .filter(entry -> entry.getKey()
                        .startsWith(request.resource() + "/"
                                + request.namespace().map(one -> one + "/").orElse("")))
                .map(Map.Entry::getValue)
                .filter(object -> matches(object, request.query().get("fieldSelector")))
                .toList();
        int from = Integer.parseInt(request.query().getOrDefault("continue", "0"));
        int most = Integer.parseInt(request.query().getOrDefault("limit", "1000000"));
        var items = new JsonArray();
        found.stream().skip(from).limit(most).forEach(items::add);
        var metadata = new JsonObject();
        metadata.addProperty("resourceVersion", Long.toString(version));
        if (from + most < found.size()) {
            metadata.addProperty("continue", Integer.toString(from + most));
        }
        var list = new JsonObject();
        list.addProperty("apiVersion", API_VERSIONS.get(request.resource()));
        list.addProperty("kind", KINDS.get(request.resource()) + "List");
        list.add("metadata", metadata);
        list.add("items", items);
        return GSON.toJson(list);
    }

    /** Whether the object has the fields, such as {@code involvedObject.kind=ScaledObject}. */
    private static boolean matches(JsonObject object, @Nullable String selector) {
        if (selector == null || selector.isEmpty()) {
            return true;
        }
        for (String condition : selector.split(",", -1)) {
            String[] parts = condition.split("=", 2);
            JsonObject parent = object;
            String[] path = parts[0].split("\\.", -1);
            for (int i = 0; i < path.length - 1; i++) {
                parent = parent.getAsJsonObject(path[i]);
            }
            if (!parent.get(path[path.length - 1]).getAsString().equals(parts[1])) {
                return false;
            }
        }
        return true;
    }

    private void watch(HttpExchange exchange, ApiRequest request) throws IOException {
        var watch = new OpenWatch(request, new LinkedBlockingQueue<>());
        synchronized (this) {
            long since = Long.parseLong(request.query().getOrDefault("resourceVersion", "0"));
            if (since < oldest) {
                watch.lines().add(event("ERROR", status(GONE, "Expired")));
                watch.lines().add("");
            }
            watch.lines().add(event("BOOKMARK", bookmark(request)));
            changes.stream()
                    .filter(change -> change.version() > since && change.isFor(request))
                    .forEach(change -> watch.lines().add(change.line()));
            watches.add(watch);
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.flush();
            for (String line = watch.lines().take();
                    !line.isEmpty();
                    line = watch.lines().take()) {
                out.write((line + "\n").getBytes(UTF_8));
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watches.remove(watch);
        }
    }

    @Override
    public void close() {
        endWatches();
        server.stop(0);
        threads.shutdownNow();
    }
}
