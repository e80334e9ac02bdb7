package io.github.redissessionscaler.counting.pattern;

import java.util.concurrent.Semaphore;

/**
 * Threads of loops that read many replies one after another: of the system while there are few of them, because a virtual
 * thread that waits for the network takes twice the processor time; virtual ones besides. Thread-safe.
 */
final class ScanThreads {

    /** Of the process: a scaler rarely scans more databases at the same time. */
    static final ScanThreads SHARED = new ScanThreads(2);

    private final Semaphore platform;

    /** @param platform most threads of the system at a time */
    ScanThreads(int platform) {
        this.platform = new Semaphore(platform);
    }

    /** Starts the work on a thread of its own. */
    Thread start(String name, Runnable work) {
        if (!platform.tryAcquire()) {
            return Thread.ofVirtual().name(name).start(work);
        }
        try {
            return Thread.ofPlatform().name(name).daemon().start(() -> {
                try {
                    work.run();
                } finally {
                    platform.release();
                }
            });
        } catch (Throwable e) {
            platform.release();
            throw e;
        }
    }
}
