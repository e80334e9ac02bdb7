package io.github.redissessionscaler.evaluation;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.counting.KeyspaceException;
import io.github.redissessionscaler.counting.KeyspaceException.Reason;
import io.github.redissessionscaler.counting.LayoutFindings;
import io.github.redissessionscaler.counting.LeastRecentlyUsed;
import io.github.redissessionscaler.problem.InvalidInputException;
import io.github.redissessionscaler.problem.LimitReachedException;
import io.github.redissessionscaler.trigger.Layout;
import io.github.redissessionscaler.trigger.Source;
import io.github.redissessionscaler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has somebody look, once in a while, whether the keys that triggers count are what they take them for, and says in the log
 * what does not fit. Equal triggers share a look. Thread-safe.
 */
public final class Advisor {

    private static final Logger LOG = LoggerFactory.getLogger(Advisor.class);

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofMinutes(1);
    private static final int REMEMBERED = 1000;

    private static final CompletableFuture<LayoutFindings> NOTHING =
            CompletableFuture.completedFuture(LayoutFindings.NONE);

    /** Looks at some keys, blocks while it does, and throws {@link KeyspaceException} where it cannot. */
    public interface Look {
        LayoutFindings at(Source source, Optional<Layout> layout);
    }

    private record Subject(Source source, Optional<Layout> layout) {}

    private record Finding(CompletableFuture<LayoutFindings> findings, Instant due) {}

    /** The looks at one subject. */
    private final class Looks {
        private Finding finding = new Finding(NOTHING, Instant.EPOCH);
        private List<String> logged = List.of();
        private volatile LayoutFindings last = LayoutFindings.NONE;

        /** The findings as soon as they are there. Begins a look when the last one is old. */
        synchronized CompletableFuture<LayoutFindings> latest(Subject subject) {
            Instant now = clock.instant();
            if (!now.isBefore(finding.due())) {
                var looking = new CompletableFuture<LayoutFindings>();
                finding = new Finding(looking, now.plus(LOOK_AGAIN));
                executor.execute(() -> look(subject, looking));
            }
            return finding.findings();
        }

        private void look(Subject subject, CompletableFuture<LayoutFindings> looking) {
            try {
                LayoutFindings findings = look.at(subject.source, subject.layout);
                log(subject, findings.advice());
                last = findings;
                looking.complete(findings);
            } catch (KeyspaceException e) {
                failed(looking, e.reason() == Reason.NOPERM ? LOOK_AGAIN : RETRY);
            } catch (LimitReachedException | InvalidInputException e) {
                failed(looking, RETRY);
            } catch (Throwable e) {
                InternalErrors.report("look at keys", e);
                failed(looking, LOOK_AGAIN);
            }
        }

        private synchronized void failed(CompletableFuture<LayoutFindings> looking, Duration again) {
            finding = new Finding(looking, clock.instant().plus(again));
            looking.complete(LayoutFindings.NONE);
        }

        private synchronized void log(Subject subject, List<String> advice) {
            if (!advice.equals(logged)) {
                advice.forEach(sentence -> LOG.atWarn()
                        .addKeyValue("connection", subject.source.database().connection())
                        .addKeyValue("counts", subject.source.query().inWords())
                        .log(sentence));
            }
            logged = advice;
        }
    }

    private final Look look;
    private final Executor executor;
    private final InstantSource clock;
    private final LeastRecentlyUsed<Subject, Looks> subjects = new LeastRecentlyUsed<>(REMEMBERED);

    /**
     * An advisor that has not looked yet.
     *
     * @param executor starts a thread for each look
     */
    public Advisor(Look look, Executor executor, InstantSource clock) {
        this.look = look;
        this.executor = executor;
        this.clock = clock;
    }

    /** Has the trigger's keys looked at if they were not lately. Returns at once. */
    void mind(Trigger trigger) {
        var _ = latest(trigger);
    }

    /** What the latest look shows, or nothing if it has not ended by the deadline. Returns at once. */
    CompletableFuture<LayoutFindings> findings(Trigger trigger, Deadline deadline) {
        return latest(trigger)
                .copy()
                .completeOnTimeout(LayoutFindings.NONE, deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }

    /** What the last look that has ended has shown. Begins none, and returns at once. */
    public LayoutFindings findings(Trigger trigger) {
        return subjects.get(new Subject(trigger.source(), trigger.layout()))
                .map(looks -> looks.last)
                .orElse(LayoutFindings.NONE);
    }

    private CompletableFuture<LayoutFindings> latest(Trigger trigger) {
        var subject = new Subject(trigger.source(), trigger.layout());
        return subjects.computeIfAbsent(subject, _ -> new Looks()).latest(subject);
    }
}
