package io.github.redissessionscaler.keyspace;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Reads of several databases that all have to succeed. An operator sees why each of them failed, and not the first only. */
public final class AllFailures {

    private AllFailures() {}

    /**
     * The results of all reads, in their order.
     *
     * @throws KeyspaceException if some fail, after all have been tried
     */
    public static <T, R> List<R> map(Collection<T> all, Function<T, R> read) {
        List<R> results = new ArrayList<>();
        List<KeyspaceException> failures = new ArrayList<>();
        for (T one : all) {
            try {
                results.add(read.apply(one));
            } catch (KeyspaceException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw together(failures);
        }
        return results;
    }

    /**
     * One exception that has each message once, and the reason of the first.
     *
     * @param failures at least one
     */
    public static KeyspaceException together(List<KeyspaceException> failures) {
        KeyspaceException first = failures.getFirst();
        List<String> messages = failures.stream()
                .map(failure -> String.valueOf(failure.getMessage()))
                .distinct()
                .toList();
        return messages.size() == 1
                ? first
                : new KeyspaceException(first.reason(), String.join("; and ", messages), first);
    }
}
