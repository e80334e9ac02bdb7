package io.github.redissessionscaler.input;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the problems of one input, to report all of them together, each once. Not thread-safe. */
public final class Problems {

    private final Set<Problem> found = new LinkedHashSet<>();

    public void add(String key, String message) {
        found.add(new Problem(key, message));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /**
     * Ends the collection.
     *
     * @throws InvalidInputException with all that was added, if anything was
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidInputException(List.copyOf(found));
        }
    }
}
