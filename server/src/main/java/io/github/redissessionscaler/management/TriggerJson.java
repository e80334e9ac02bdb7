package io.github.redissessionscaler.management;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.github.redissessionscaler.counting.Count;
import io.github.redissessionscaler.counting.Interval;
import io.github.redissessionscaler.counting.pattern.ScanProgress;
import io.github.redissessionscaler.evaluation.TriggerState;
import io.github.redissessionscaler.history.HistoryEvent;
import io.github.redissessionscaler.history.HistoryPoint;
import io.github.redissessionscaler.history.TriggerReport;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.keda.SessionThresholds;
import io.github.redissessionscaler.observed.ObservedEvent;
import io.github.redissessionscaler.outage.OutagePolicy;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Headroom;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.UnavailablePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** One trigger as JSON; docs/status-page.md describes the fields. Unknown values are omitted. */
final class TriggerJson {

    private final TriggerView view;
    private final Trigger trigger;
    private final TriggerState state;
    private final Instant now;
    private final JsonObject json = new JsonObject();

    private TriggerJson(TriggerView view, Instant now) {
        this.view = view;
        this.state = view.state();
        this.trigger = state.ref().trigger();
        this.now = now;
    }

    /**
     * The fields of every trigger.
     *
     * @param policy of the states
     */
    static JsonObject of(TriggerView view, Optional<ScanProgress> scan, OutagePolicy policy, Instant now) {
        var made = new TriggerJson(view, now);
        made.who();
        made.sessions();
        made.scaling();
        made.lookAhead();
        view.observed().ifPresent(observed -> made.json.add("kubernetes", KubernetesJson.of(observed, now)));
        made.activity();
        made.missed();
        made.remarks(scan);
        ReasonChain.next(view, policy, now).ifPresent(next -> made.json.addProperty("next", next));
        made.json.add("chain", strings(ReasonChain.of(view, policy, now)));
        return made.json;
    }

    private void who() {
        json.addProperty("namespace", view.name().namespace());
        json.addProperty("name", view.name().scaledObject());
        json.addProperty("trigger", view.name().id());
        json.addProperty("condition", word(view.condition()));
        json.addProperty("metric", trigger.metricName());
        json.addProperty("connection", trigger.source().connections());
        if (trigger.source().query() instanceof CountQuery.SumOf) {
            json.add("sources", sources());
        } else {
            trigger.source().database().index().ifPresent(index -> json.addProperty("database", index));
        }
        json.addProperty("counts", trigger.source().query().description());
        trigger.layout()
                .ifPresent(layout -> json.addProperty("preset", layout.preset().text()));
        json.add("lastAskedSeconds", JsonNumbers.seconds(state.lastUsed(), now));
    }

    private JsonArray sources() {
        var sources = new JsonArray();
        trigger.source().parts().forEach(part -> {
            var object = new JsonObject();
            object.addProperty("connection", part.database().connection());
            part.database().index().ifPresent(index -> object.addProperty("database", index));
            object.addProperty("counts", part.query().description());
            sources.add(object);
        });
        return sources;
    }

    private void sessions() {
        state.count().ifPresent(count -> {
            json.add("sessions", JsonNumbers.of(count.value()));
            json.addProperty("method", word(count.method()));
            if (count.method() == Count.Method.ESTIMATE) {
                json.add("standardError", JsonNumbers.of(count.standardError()));
                var interval = new JsonArray();
                Interval likely = Interval.of95(count.value(), count.standardError());
                interval.add(JsonNumbers.of(likely.lowest()));
                interval.add(JsonNumbers.of(likely.highest()));
                json.add("confidence95", interval);
            }
            json.add("ageSeconds", JsonNumbers.seconds(count.asOf(), now));
        });
    }

    private void scaling() {
        json.add("target", JsonNumbers.of(view.target()));
        json.add("metricTarget", JsonNumbers.of(trigger.target().metricTarget()));
        trigger.target().sessionSizeKey().ifPresent(key -> json.addProperty("targetKey", key));
        json.addProperty(
                "headroom",
                switch (trigger.headroom()) {
                    case Headroom.Sessions(double spare) -> Numbers.withCommas(spare);
                    case Headroom.ByPercent(double percent) -> Numbers.withCommas(percent) + "%";
                });
        json.addProperty("wholeReplicas", trigger.wholeReplicas());
        state.lastReport().filter(report -> report.value().isPresent()).ifPresent(report -> {
            json.add("value", JsonNumbers.of(report.value().getAsDouble()));
            json.add("answeredSeconds", JsonNumbers.seconds(report.at(), now));
        });
        view.forecast().ifPresent(forecast -> {
            json.addProperty("replicas", forecast.current());
            json.addProperty("replicasPresumed", view.replicaCount().presumed());
            json.add("capacity", JsonNumbers.of((double) forecast.current() * view.target()));
            if (view.condition() != TriggerHealth.ERROR) {
                json.addProperty("wantedReplicas", forecast.wanted());
                forecast.needed().ifPresent(needed -> json.addProperty("neededReplicas", needed));
            }
            if (view.missed().isEmpty()) {
                thresholds(view.thresholds(forecast));
            }
        });
        view.scaleIn().ifPresent(due -> {
            var object = new JsonObject();
            object.addProperty("replicas", due.replicas());
            object.add("seconds", JsonNumbers.seconds(now, due.at()));
            json.add("scaleIn", object);
        });
    }

    private void thresholds(SessionThresholds thresholds) {
        thresholds.moreAt().ifPresent(sessions -> json.addProperty("moreReplicasAt", sessions));
        thresholds.fewerAt().ifPresent(sessions -> json.addProperty("fewerReplicasAt", sessions));
    }

    private void lookAhead() {
        state.forecast().ifPresent(status -> {
            var object = new JsonObject();
            object.add("seconds", JsonNumbers.of((double) status.lookAhead().toMillis() / 1000));
            status.sessions().ifPresent(sessions -> {
                object.add("now", JsonNumbers.of(sessions.now()));
                if (sessions.forecast()) {
                    object.add("forecast", JsonNumbers.of(sessions.expected()));
                }
                object.add("reported", JsonNumbers.of(sessions.reported()));
            });
            object.addProperty("used", status.quality().used());
            if (status.quality().known()) {
                object.add("meanError", JsonNumbers.of(status.quality().error()));
                object.add("meanErrorOfNow", JsonNumbers.of(status.quality().errorOfNow()));
            }
            object.addProperty("explanation", status.inWords());
            json.add("lookAhead", object);
        });
    }

    private void activity() {
        json.addProperty("activeWhile", trigger.activation().description());
        state.report().ifPresent(report -> json.addProperty("active", report.active()));
        json.addProperty(
                "onUnavailable",
                switch (trigger.onUnavailable()) {
                    case UnavailablePolicy.Minimum() -> "minimum";
                    case UnavailablePolicy.Hold(Duration _) -> "hold";
                    case UnavailablePolicy.Fail() -> "error";
                });
    }

    private void missed() {
        view.missed().ifPresent(missed -> {
            var object = new JsonObject();
            object.addProperty("reason", missed.reason().name());
            object.addProperty("message", missed.message());
            object.add("seconds", JsonNumbers.seconds(missed.since(), now));
            object.addProperty("answer", OutageText.answer(trigger.onUnavailable(), basis()));
            json.add(missed.isOutage() ? "outage" : "uncounted", object);
        });
    }

    private void remarks(Optional<ScanProgress> scan) {
        state.targetProblem().ifPresent(problem -> json.addProperty("targetProblem", problem));
        json.add("advice", strings(view.advice()));
        scan.ifPresent(progress -> {
            var object = new JsonObject();
            object.addProperty("keysSeen", progress.keysSeen());
            object.addProperty("keysExpected", progress.keysExpected());
            object.add("seconds", JsonNumbers.seconds(progress.since(), now));
            json.add("scan", object);
        });
    }

    private TriggerReport.Basis basis() {
        return state.lastReport().map(TriggerReport::basis).orElse(TriggerReport.Basis.MINIMUM);
    }

    /**
     * The events of a trigger, the latest first.
     *
     * @param observed those of Kubernetes, the latest first
     */
    static JsonArray events(List<HistoryEvent> events, List<ObservedEvent> observed) {
        List<JsonObject> all = Stream.concat(
                        events.stream().map(TriggerJson::event),
                        observed.stream().map(TriggerJson::event))
                .sorted(Comparator.comparingLong(
                                (JsonObject event) -> event.get("time").getAsLong())
                        .reversed())
                .toList();
        var json = new JsonArray();
        all.forEach(json::add);
        return json;
    }

    private static JsonObject event(HistoryEvent event) {
        var object = new JsonObject();
        object.addProperty("time", event.at().getEpochSecond());
        object.addProperty(
                "kind",
                switch (event) {
                    case HistoryEvent.ReplicasChanged _ -> "replicas";
                    case HistoryEvent.BasisChanged changed -> word(changed.to());
                });
        object.addProperty("text", EventText.of(event));
        if (event instanceof HistoryEvent.BasisChanged changed) {
            changed.reason().ifPresent(reason -> object.addProperty("reason", reason));
        }
        return object;
    }

    private static JsonObject event(ObservedEvent event) {
        var object = new JsonObject();
        object.addProperty("time", event.at().getEpochSecond());
        object.addProperty("kind", event.warning() ? "kubernetes_warning" : "kubernetes");
        object.addProperty("text", EventText.of(event));
        object.addProperty("reason", event.reason());
        return object;
    }

    /** The points of a trigger, a list for each field. */
    static JsonObject history(List<HistoryPoint> points) {
        var times = new JsonArray();
        var sessions = new JsonArray();
        var values = new JsonArray();
        var replicas = new JsonArray();
        var capacity = new JsonArray();
        var basis = new JsonArray();
        for (HistoryPoint point : points) {
            times.add(point.at().getEpochSecond());
            sessions.add(number(point.sessions()));
            values.add(number(point.value()));
            replicas.add(point.replicas());
            capacity.add(JsonNumbers.of(point.capacity()));
            basis.add(word(point.basis()));
        }
        var json = new JsonObject();
        json.add("times", times);
        json.add("sessions", sessions);
        json.add("values", values);
        json.add("replicas", replicas);
        json.add("capacity", capacity);
        json.add("basis", basis);
        return json;
    }

    /** Numbers, null where there is none. */
    static JsonArray numbers(List<OptionalDouble> all) {
        var json = new JsonArray();
        all.forEach(one -> json.add(number(one)));
        return json;
    }

    private static JsonElement number(OptionalDouble number) {
        return number.isPresent() ? JsonNumbers.of(number.getAsDouble()) : JsonNull.INSTANCE;
    }

    private static JsonArray strings(List<String> all) {
        var json = new JsonArray();
        all.forEach(json::add);
        return json;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
