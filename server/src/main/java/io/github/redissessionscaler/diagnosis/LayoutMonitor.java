package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.background.InternalErrors;
import io.github.redissessionscaler.background.LogLimit;
import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.LimitReachedException;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.keyspace.KeyspaceException.Reason;
import io.github.redissessionscaler.reading.Deadline;
import io.github.redissessionscaler.reading.LeastRecentlyUsed;
import io.github.redissessionscaler.reading.ReadQueue;
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
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks from time to time whether the data fits the triggers, and logs warnings. Equal triggers share a check.
 * Thread-safe.
 */
public final class LayoutMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(LayoutMonitor.class);

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofMinutes(1);
    private static final int REMEMBERED = 1000;

    /**
     * Checks that start within {@link #LOOK_AGAIN}. With more subjects than are remembered, each would be checked at each poll.
     */
    private static final int MOST_CHECKS = 2 * REMEMBERED;

    /** Checks that run at a time, besides one of each database. */
    private static final int CHECKS = 16;

    /** Checks of one database that run at a time. */
    private static final int CHECKS_OF_A_DATABASE = 4;

    private static final Pattern NUMBER = Pattern.compile("[0-9][0-9.,]*");

    private static final CompletableFuture<LayoutFindings> NOTHING =
            CompletableFuture.completedFuture(LayoutFindings.NONE);

    /** Inspects some keys of a source; blocks, and throws {@link KeyspaceException} on failure. */
    public interface Look {
        LayoutFindings at(Source source, Optional<Layout> layout);
    }

    /** Warnings that counting itself has about its latest count. Does not block. */
    public interface Doubts {
        List<String> of(Source source);
    }

    private record CheckedLayout(Source source, Optional<Layout> layout) {}

    private record Finding(CompletableFuture<LayoutFindings> findings, Instant due) {}

    /** The checks of one subject. */
    private final class Looks {
        private Finding finding = new Finding(NOTHING, Instant.EPOCH);
        private List<String> logged = List.of();
        private List<String> loggedDoubts = List.of();
        private volatile LayoutFindings last = LayoutFindings.NONE;

        /** The findings, when available. Starts a check if the last one is old. */
        synchronized CompletableFuture<LayoutFindings> latest(CheckedLayout subject) {
            Instant now = clock.instant();
            if (!now.isBefore(finding.due())) {
                var looking = new CompletableFuture<LayoutFindings>();
                finding = new Finding(looking, now.plus(LOOK_AGAIN));
                start(subject, looking);
            }
            return finding.findings();
        }

        private void start(CheckedLayout subject, CompletableFuture<LayoutFindings> looking) {
            if (queue.waiting() < REMEMBERED && mayStart()) {
                queue.execute(subject.source.database(), () -> look(subject, looking));
            } else {
                failed(looking, RETRY);
            }
        }

        private void look(CheckedLayout subject, CompletableFuture<LayoutFindings> looking) {
            try {
                LayoutFindings findings = look.at(subject.source, subject.layout);
                log(subject, findings.advice());
                last = findings;
                if (!findings.complete()) {
                    lookAgainIn(looking, RETRY);
                }
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

        private void failed(CompletableFuture<LayoutFindings> looking, Duration again) {
            lookAgainIn(looking, again);
            looking.complete(LayoutFindings.NONE);
        }

        private synchronized void lookAgainIn(CompletableFuture<LayoutFindings> looking, Duration time) {
            finding = new Finding(looking, clock.instant().plus(time));
        }

        private synchronized void log(CheckedLayout subject, List<String> advice) {
            advice.stream()
                    .filter(sentence -> logged.stream().noneMatch(known -> sameButNumbers(known, sentence)))
                    .forEach(sentence -> log(subject, sentence));
            logged = advice;
        }

        /** Numbers of samples differ each time. */
        private static boolean sameButNumbers(String one, String other) {
            return withoutNumbers(one).equals(withoutNumbers(other));
        }

        private static String withoutNumbers(String sentence) {
            return NUMBER.matcher(sentence).replaceAll("0");
        }

        /** Logs new doubts, and returns all of them. */
        synchronized List<String> doubts(CheckedLayout subject) {
            List<String> all = doubts.of(subject.source);
            all.stream()
                    .filter(sentence -> !loggedDoubts.contains(sentence))
                    .forEach(sentence -> log(subject, sentence));
            loggedDoubts = all;
            return all;
        }

        private void log(CheckedLayout subject, String sentence) {
            limit.log(() -> LOG.atWarn()
                    .addKeyValue("connection", subject.source.connections())
                    .addKeyValue("counts", subject.source.query().description())
                    .log(sentence));
        }
    }

    private final Look look;
    private final Doubts doubts;
    private final ReadQueue queue;
    private final InstantSource clock;
    private final LogLimit limit;
    private Instant periodEnd = Instant.EPOCH;
    private int started;
    private final LeastRecentlyUsed<CheckedLayout, Looks> subjects = new LeastRecentlyUsed<>(REMEMBERED);

    /**
     * Checks nothing yet.
     *
     * @param executor starts a thread for each check
     */
    public LayoutMonitor(Look look, Doubts doubts, Executor executor, InstantSource clock) {
        this.look = look;
        this.doubts = doubts;
        this.queue = new ReadQueue(executor, CHECKS, CHECKS_OF_A_DATABASE, 1);
        this.clock = clock;
        this.limit = new LogLimit(LOG, "warnings about layouts", clock);
    }

    /** Starts a check of the trigger's keys if one is due, and logs the doubts of counting. Does not block. */
    public void checkIfDue(Trigger trigger) {
        CheckedLayout subject = subject(trigger);
        Looks looks = looks(subject);
        var _ = looks.latest(subject);
        var _ = looks.doubts(subject);
    }

    /**
     * The findings of the latest check, or none if it has not ended by the deadline, and the doubts of counting. Does not
     * block.
     */
    public CompletableFuture<LayoutFindings> findings(Trigger trigger, Deadline deadline) {
        CheckedLayout subject = subject(trigger);
        Looks looks = looks(subject);
        return looks.latest(subject)
                .copy()
                .completeOnTimeout(LayoutFindings.NONE, deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                .thenApply(findings -> findings.after(looks.doubts(subject)));
    }

    /** The findings of the last finished check, and the doubts of counting. Starts no check; does not block. */
    public LayoutFindings findings(Trigger trigger) {
        CheckedLayout subject = subject(trigger);
        return subjects.get(subject)
                .map(looks -> looks.last.after(looks.doubts(subject)))
                .orElse(LayoutFindings.NONE);
    }

    private synchronized boolean mayStart() {
        Instant now = clock.instant();
        if (!now.isBefore(periodEnd)) {
            periodEnd = now.plus(LOOK_AGAIN);
            started = 0;
        }
        return started++ < MOST_CHECKS;
    }

    private Looks looks(CheckedLayout subject) {
        return subjects.computeIfAbsent(subject, _ -> new Looks());
    }

    private static CheckedLayout subject(Trigger trigger) {
        return new CheckedLayout(trigger.source(), trigger.layout());
    }
}
