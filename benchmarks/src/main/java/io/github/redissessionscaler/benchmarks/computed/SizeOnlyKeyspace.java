package io.github.redissessionscaler.benchmarks.computed;

import io.github.redissessionscaler.benchmarks.stub.KeyspaceStub;

/** A database that knows how many keys it has, and nothing else. */
final class SizeOnlyKeyspace extends KeyspaceStub {

    private volatile long size;

    void size(long keys) {
        size = keys;
    }

    @Override
    public void ping() {
        // always available
    }

    @Override
    public long size() {
        return size;
    }
}
