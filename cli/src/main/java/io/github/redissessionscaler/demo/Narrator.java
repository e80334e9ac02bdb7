package io.github.redissessionscaler.demo;

import io.github.redissessionscaler.hpa.DecisionReason;
import io.github.redissessionscaler.simulation.DurationFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Tells in lines of text what happens. Thread-safe. */
final class Narrator {

    private final Day day;
    private final LongSupplier sessions;
    private final Consumer<String> out;
    private List<KedaStandIn> standIns = List.of();
    private Instant told = Instant.EPOCH;
    private boolean toleranceTold;

    Narrator(Day day, LongSupplier sessions, Consumer<String> out) {
        this.day = day;
        this.sessions = sessions;
        this.out = out;
    }

    synchronized void begin(List<KedaStandIn> all, Duration length, Duration pause, int managementPort) {
        standIns = all;
        out.accept("""
            A day of a web shop, in %s. Watch it at http://127.0.0.1:%d/

            Its sessions are keys in a Redis of its own. The scaler counts them, and a stand-in for KEDA and the HPA asks it over
            gRPC and scales two applications, which have the same sessions and take %d in each replica:

            %s

            At half-time Redis is paused, for %s. Ctrl-C ends everything.
            """.formatted(
                        DurationFormat.time(length),
                        managementPort,
                        DemoScaledObject.SESSION_SIZE,
                        all.stream()
                                .map(one -> "  %s   %s"
                                        .formatted(one.shop().name(), one.shop().special()))
                                .collect(Collectors.joining("\n")),
                        DurationFormat.time(pause)));
    }

    /** Tells a change, and the first time that there is none because of the tolerance. */
    synchronized void decided(KedaStandIn which, long before, DecisionReason reason) {
        if (which.replicas() != before) {
            state(standIns.stream()
                            .map(one -> one.equals(which) ? changed(one, before) : unchanged(one))
                            .collect(Collectors.joining())
                    + reason);
        } else if (reason == DecisionReason.TOLERATED
                && !toleranceTold
                && sessions.getAsLong() > before * DemoScaledObject.SESSION_SIZE) {
            toleranceTold = true;
            tell("%s stays at %d: the HPA tolerates 10 %% by default, so it leaves %d only at %d sessions"
                    .formatted(which.shop().name(), before, before, which.shop().leavesAt(before)));
        }
    }

    /** Tells how things are, if that was not told within this time of the day. */
    synchronized void remind(Duration notToldFor) {
        if (!told.plus(notToldFor).isAfter(day.now())) {
            state(standIns.stream().map(Narrator::unchanged).collect(Collectors.joining()));
        }
    }

    synchronized void paused() {
        tell("Redis is paused: it takes connections and answers nothing. The scaler answers all the same:");
        tell("  shop-plain is told 'inactive, 0 sessions', so it goes down to its minimum after the HPA's window of"
                + " 5 minutes");
        tell("  shop-ready is told the last number, so it stays as it is");
    }

    synchronized void resumed() {
        tell("Redis goes on, and the scaler counts again");
    }

    synchronized void end() {
        tell("The day is over.");
        standIns.forEach(one -> out.accept("       %s   overloaded for %s, %s replica hours"
                .formatted(
                        one.shop().name(),
                        DurationFormat.time(one.overloaded()),
                        DurationFormat.hours(one.replicaTime()))));
        out.accept("""

            What other settings would have made of it, or of your own sessions: redis-session-scaler simulate, see
            docs/simulate.md\
            """);
    }

    private void state(String what) {
        tell("%4d sessions   %s".formatted(sessions.getAsLong(), what.stripTrailing()));
    }

    private void tell(String what) {
        told = day.now();
        out.accept("%s  %s".formatted(Day.clock(day.now()).truncatedTo(ChronoUnit.MINUTES), what));
    }

    private static String changed(KedaStandIn one, long before) {
        return column(one, before + " -> " + one.replicas());
    }

    private static String unchanged(KedaStandIn one) {
        return column(one, String.valueOf(one.replicas()));
    }

    private static String column(KedaStandIn one, String replicas) {
        return "%s %-11s".formatted(one.shop().name(), replicas);
    }
}
