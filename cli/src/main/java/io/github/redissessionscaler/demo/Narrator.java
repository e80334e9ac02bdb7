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

/** Prints what happens, as lines of text. Thread-safe. */
final class Narrator {

    private final Day day;
    private final LongSupplier sessions;
    private final Consumer<String> out;
    private List<KedaStandIn> standIns = List.of();
    private Instant lastLine = Instant.EPOCH;
    private boolean toleranceExplained;
    private boolean ended;

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

    /** Prints a change, and the first time that the tolerance prevents one. */
    synchronized void decided(KedaStandIn which, long before, DecisionReason reason) {
        if (which.replicas() != before) {
            state(standIns.stream()
                            .map(one -> one.equals(which) ? changed(one, before) : unchanged(one))
                            .collect(Collectors.joining())
                    + reason);
        } else if (reason == DecisionReason.TOLERATED
                && !toleranceExplained
                && sessions.getAsLong() > before * DemoScaledObject.SESSION_SIZE) {
            toleranceExplained = true;
            print("%s stays at %d: the HPA tolerates 10 %% by default, so it scales out from %d only at %d sessions"
                    .formatted(which.shop().name(), before, before, which.shop().scalesOutAt(before)));
        }
    }

    /** Prints the state if nothing was printed for this time of the day. */
    synchronized void remind(Duration quiet) {
        if (!lastLine.plus(quiet).isAfter(day.now())) {
            state(standIns.stream().map(Narrator::unchanged).collect(Collectors.joining()));
        }
    }

    synchronized void paused() {
        print("Redis is paused: it accepts connections and does not answer. The scaler still reports:");
        print("  for shop-plain inactive and 0, so it scales in to its minimum after the HPA's window of 5 minutes");
        print("  for shop-ready the last value, so it keeps its replicas");
    }

    synchronized void resumed() {
        print("Redis answers again, and the scaler counts");
    }

    /** Prints the comparison, once: at the end of the day or of the demonstration. */
    synchronized void end(String why) {
        if (ended) {
            return;
        }
        print(why);
        ended = true;
        standIns.forEach(one -> out.accept("       " + one.summary()));
        out.accept("""

            To compare other settings, or to use your own sessions: redis-session-scaler simulate, see docs/simulate.md\
            """);
    }

    private void state(String what) {
        print("%4d sessions   %s".formatted(sessions.getAsLong(), what.stripTrailing()));
    }

    private void print(String what) {
        if (ended) {
            return;
        }
        lastLine = day.now();
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
