package io.github.redissessionscaler.management;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Produces scrapes one after the other. A request gets a scrape that began after it; requests during a scrape share the
 * next one. The pause between two is as long as the last one took. Thread-safe; blocks.
 */
final class SharedScrapes {

    private static final long LONGEST_REST = Duration.ofSeconds(1).toNanos();

    private final Body.Content content;
    private long begun;
    private long ended;
    private boolean running;
    private long restUntil = System.nanoTime();
    private @Nullable Body latest;
    private @Nullable IOException failure;

    /** Requests that have not got their scrape yet. After the last one it is not kept: it takes megabytes. */
    private int waiting;

    SharedScrapes(Body.Content content) {
        this.content = content;
    }

    Body next() throws IOException, InterruptedException {
        synchronized (this) {
            waiting++;
        }
        try {
            return begunFromNow();
        } finally {
            synchronized (this) {
                waiting--;
                if (waiting == 0) {
                    latest = null;
                }
            }
        }
    }

    private Body begunFromNow() throws IOException, InterruptedException {
        long number;
        synchronized (this) {
            long wanted = begun + 1;
            while (running && ended < wanted) {
                wait();
            }
            if (ended >= wanted) {
                return result();
            }
            running = true;
            begun++;
            number = begun;
        }
        make(number);
        synchronized (this) {
            return result();
        }
    }

    private void make(long number) {
        Body made = null;
        IOException failed = null;
        try {
            rest();
            long start = System.nanoTime();
            made = Body.of(content);
            long end = System.nanoTime();
            restUntil = end + Math.min(LONGEST_REST, end - start);
        } catch (IOException e) {
            failed = e;
        } finally {
            synchronized (this) {
                running = false;
                ended = number;
                latest = made;
                failure = failed;
                notifyAll();
            }
        }
    }

    /** Pauses. Does not stop when this client disconnects, because others wait for the same scrape. */
    private void rest() {
        boolean interrupted = false;
        for (long left = restUntil - System.nanoTime(); left > 0; left = restUntil - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.sleep(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Body result() throws IOException {
        Body body = latest;
        if (body == null) {
            throw new IOException("the scrape failed", failure);
        }
        return body;
    }
}
