package io.github.redissessionscaler.benchmarks.noise;

import io.github.redissessionscaler.benchmarks.stub.KeyspaceStub;
import io.github.redissessionscaler.keyspace.Shard;
import java.util.List;

/** One simulated server, of which only samples are drawn. */
final class SimulatedKeyspace extends KeyspaceStub {

    private final SimulatedServer server;

    SimulatedKeyspace(SimulatedServer server) {
        this.server = server;
    }

    @Override
    public List<Shard> shards() {
        return List.of(server);
    }

    @Override
    public long size() {
        return server.size();
    }
}
