package io.github.redissessionscaler.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import io.github.redissessionscaler.config.ConnectionConfig;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.evaluation.RefusedTriggers;
import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.evaluation.TriggerStates;
import io.github.redissessionscaler.history.HistoryPoint;
import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.observed.ApiAccess;
import io.github.redissessionscaler.observed.Observations;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.telemetry.ConnectionSnapshot;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.Trigger;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The status page, its data as JSON, and the history of a trigger as CSV. Sends nothing to Redis. Thread-safe. */
public final class StatusPage {

    private static final String JSON = "application/json";

    private static final Gson GSON = new Gson();

    private static final ValueParser<String> NAME = ValueParser.verbatim(0, StatusQuery.LONGEST_TEXT);

    /** Most refused triggers that are returned. */
    private static final int MOST_REFUSED = 100;

    private final TriggerStates states;
    private final RefusedTriggers refused;
    private final Function<Trigger, List<String>> advice;
    private final Function<Database, Optional<ScanProgress>> scans;
    private final Supplier<List<ConnectionSnapshot>> connections;
    private final Supplier<Map<String, ConnectionConfig>> configured;
    private final OutagePolicy policy;
    private final Observations observed;
    private final Supplier<Optional<DemoText>> demo;
    private final InstantSource clock;

    /**
     * A page about these triggers.
     *
     * @param advice layout warnings of a trigger; must not block
     * @param scans progress of the running scan of a database, if any; must not block
     * @param connections state of each Redis connection; must not block
     * @param configured the same connections as configured
     * @param policy of the states
     * @param observed what the Kubernetes API says
     * @param demo what is said about a demonstration, if this is one; must not block
     * @param clock the clock of the states
     */
    public StatusPage(
            TriggerStates states,
            RefusedTriggers refused,
            Function<Trigger, List<String>> advice,
            Function<Database, Optional<ScanProgress>> scans,
            Supplier<List<ConnectionSnapshot>> connections,
            Supplier<Map<String, ConnectionConfig>> configured,
            OutagePolicy policy,
            Observations observed,
            Supplier<Optional<DemoText>> demo,
            InstantSource clock) {
        this.states = states;
        this.refused = refused;
        this.advice = advice;
        this.scans = scans;
        this.connections = connections;
        this.configured = configured;
        this.policy = policy;
        this.observed = observed;
        this.demo = demo;
        this.clock = clock;
    }

    Map<String, Endpoint> endpoints() {
        Map<String, Endpoint> endpoints = new HashMap<>(Assets.endpoints());
        endpoints.put("/api/status", this::status);
        endpoints.put("/api/history.csv", this::history);
        endpoints.put("/icon.svg", Icon::answer);
        return endpoints;
    }

    private Response status(RequestParameters parameters) {
        StatusQuery query = StatusQuery.of(parameters);
        return Response.of(200, JSON, out -> write(query, out));
    }

    /** Writes one trigger at a time: all of them as objects would take many times the memory of the text. */
    private void write(StatusQuery query, OutputStream out) throws IOException {
        Instant now = clock.instant();
        List<TriggerView> views = states.all().stream().map(this::view).toList();
        List<TriggerView> found = views.stream().filter(query::finds).toList();
        List<RefusedTriggers.RefusedTrigger> refusals = refused.lately();
        var writer = new JsonWriter(new OutputStreamWriter(out, UTF_8));
        writer.beginObject();
        writer.name("now").value(now.truncatedTo(ChronoUnit.MILLIS).toString());
        Optional<DemoText> shown = demo.get();
        if (shown.isPresent()) {
            writer.name("demo");
            GSON.toJson(GSON.toJsonTree(shown.get()), writer);
        }
        writer.name("known").value(views.size());
        writer.name("found").value(found.size());
        writer.name("problems").value(refusals.size() + count(views, TriggerHealth::isProblem));
        writer.name("conditions").beginObject();
        for (TriggerHealth condition : TriggerHealth.values()) {
            writer.name(condition.name().toLowerCase(Locale.ROOT)).value(count(views, condition::equals));
        }
        writer.name("refused").value(refusals.size()).endObject();
        writer.name("connections");
        GSON.toJson(connectionsAt(now), writer);
        List<ApiAccess> access = observed.access();
        if (!access.isEmpty()) {
            writer.name("kubernetes");
            GSON.toJson(KubernetesJson.access(access, now), writer);
        }
        writer.name("refused").beginArray();
        for (RefusedTriggers.RefusedTrigger one :
                refusals.stream().limit(MOST_REFUSED).toList()) {
            GSON.toJson(RefusedJson.of(one, now), writer);
        }
        writer.endArray();
        writer.name("triggers").beginArray();
        for (TriggerView view : found.stream()
                .sorted(query.sort().order(found))
                .skip(query.offset())
                .limit(query.limit())
                .toList()) {
            GSON.toJson(json(view, query, now), writer);
        }
        writer.endArray().endObject().flush();
    }

    private TriggerView view(TriggerState state) {
        TriggerRef ref = state.ref();
        return TriggerView.of(state, advice.apply(ref.trigger()), observed.of(ref.namespace(), ref.scaledObject()));
    }

    private JsonArray connectionsAt(Instant now) {
        var all = new JsonArray();
        Map<String, ConnectionConfig> configs = configured.get();
        connections
                .get()
                .forEach(connection -> all.add(
                        ConnectionJson.of(connection, Optional.ofNullable(configs.get(connection.name())), now)));
        return all;
    }

    private JsonObject json(TriggerView view, StatusQuery query, Instant now) {
        TriggerState state = view.state();
        JsonObject json = TriggerJson.of(
                view,
                state.ref().trigger().source().databases().stream()
                        .flatMap(database -> scans.apply(database).stream())
                        .findFirst(),
                policy,
                now);
        Instant from = now.minus(query.window());
        if (query.points() > 0) {
            List<HistoryPoint> points = state.history().points(from, now, query.points());
            json.add("spark", TriggerJson.numbers(Sparkline.of(points, now, query.window(), query.points())));
        }
        if (query.open().contains(view.name())) {
            json.add("history", TriggerJson.history(state.history().points(from, now, StatusQuery.OPEN_POINTS)));
            json.add(
                    "events",
                    TriggerJson.events(
                            state.history().events(),
                            observed.events(view.name().namespace(), view.name().scaledObject())));
        }
        return json;
    }

    private static long count(List<TriggerView> views, Predicate<TriggerHealth> which) {
        return views.stream().filter(view -> which.test(view.condition())).count();
    }

    private Response history(RequestParameters parameters) {
        String namespace = parameters.take("namespace", "", NAME);
        String name = parameters.take("name", "", NAME);
        String id = parameters.take("trigger", "", NAME);
        parameters.end();
        List<TriggerState> found = states.all().stream()
                .filter(state -> state.ref().namespace().equals(namespace)
                        && state.ref().scaledObject().equals(name)
                        && (id.isEmpty() || state.id().equals(id)))
                .toList();
        return switch (found.size()) {
            case 0 -> Response.text(404, "No such trigger; give namespace=…&name=… of a trigger in /api/status.");
            case 1 ->
                Response.of(200, HistoryCsv.TYPE, HistoryCsv.of(found.getFirst().history(), clock.instant()));
            default ->
                Response.text(
                        400,
                        "The ScaledObject has several triggers; choose one by trigger="
                                + String.join(
                                        " or trigger=",
                                        found.stream()
                                                .map(TriggerState::id)
                                                .sorted()
                                                .toList()));
        };
    }
}
