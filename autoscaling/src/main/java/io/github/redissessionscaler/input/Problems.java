package io.github.redissessionscaler.input;

import java.util.ArrayList;
import java.util.List;

/** Collects the problems of one input, to report all of them together. Not thread-safe. */
public final class Problems {

    private final List<Problem> found = new ArrayList<>();

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
            throw new InvalidInputException(found);
        }
    }
}
