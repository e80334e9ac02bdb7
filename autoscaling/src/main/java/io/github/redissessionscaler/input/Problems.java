package io.github.redissessionscaler.input;

import java.util.ArrayList;
import java.util.List;

/** Collects the problems of one input, so that its author sees all of them at once. Not for use by several threads. */
public final class Problems {

    private final List<Problem> found = new ArrayList<>();

    public void add(String key, String message) {
        found.add(new Problem(key, message));
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** Ends the collecting.
     *
     * @throws InvalidInputException with all that was added, if anything was
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidInputException(found);
        }
    }
}
