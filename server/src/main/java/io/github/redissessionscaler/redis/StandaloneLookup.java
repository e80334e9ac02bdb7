package io.github.redissessionscaler.redis;

import io.github.redissessionscaler.config.Node;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One fixed server: standalone Redis or a proxy. */
record StandaloneLookup(RedisNode server) implements PrimaryLookup {

    @Override
    public List<RedisNode> primaries() {
        return List.of(server);
    }

    @Override
    public RedisNode primaryOf(String key) {
        return server;
    }

    @Override
    public RedisNode at(Node node) {
        return server;
    }

    @Override
    public <R> R ofAny(Function<RedisNode, R> question) {
        return question.apply(server);
    }

    @Override
    public Optional<String> placement() {
        return Optional.of(server.name());
    }

    @Override
    public void invalidate(KeyspaceException failure) {
        // there is no other server
    }

    @Override
    public Optional<?> known() {
        return Optional.empty();
    }

    @Override
    public boolean haveChanged(Optional<?> before, KeyspaceException failure) {
        return false;
    }

    @Override
    public void close() {
        server.close();
    }
}
