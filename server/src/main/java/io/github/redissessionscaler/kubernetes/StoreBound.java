package io.github.redissessionscaler.kubernetes;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound on the records of one kind, in the stores of all namespaces together. Thread-safe. */
final class StoreBound {

    private static final Logger LOG = LoggerFactory.getLogger(StoreBound.class);

    private final String resource;
    private final int most;
    private final AtomicInteger kept = new AtomicInteger();
    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * A bound that nothing counts for yet.
     *
     * @param resource the plural name of the kind
     * @param most records of all stores
     */
    StoreBound(String resource, int most) {
        this.resource = resource;
        this.most = most;
    }

    /** Counts one more record, if it is allowed. Warns the first time that it is not. */
    boolean tryAdd() {
        if (kept.getAndUpdate(now -> now < most ? now + 1 : now) < most) {
            return true;
        }
        if (warned.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("resource", resource)
                    .addKeyValue("number", most)
                    .log("Too many objects in Kubernetes; the replicas of further ones are estimates");
        }
        return false;
    }

    /** One record fewer. */
    void remove() {
        kept.decrementAndGet();
    }
}
