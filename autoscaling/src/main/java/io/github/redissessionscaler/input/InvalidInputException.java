package io.github.redissessionscaler.input;

import java.util.List;
import java.util.stream.Collectors;

/** Invalid input. The message lists all problems. */
public final class InvalidInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * An input with these problems.
     *
     * @param problems at least one
     */
    public InvalidInputException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** An input with one problem: the key or option, and what is wrong with it. */
    public static InvalidInputException of(String key, String message) {
        return new InvalidInputException(List.of(new Problem(key, message)));
    }

    public List<Problem> problems() {
        return problems;
    }
}
