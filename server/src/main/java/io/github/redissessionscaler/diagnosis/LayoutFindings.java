package io.github.redissessionscaler.diagnosis;

import java.util.List;
import java.util.stream.Stream;

/**
 * The result of inspecting some keys. Contains no names of keys.
 *
 * @param advice layout warnings, each a sentence for an operator
 * @param endlessShare share of the matching keys without TTL, 0 to 1; 0 if none matches
 * @param complete false if a part could not be inspected
 */
public record LayoutFindings(List<String> advice, double endlessShare, boolean complete) {

    /** Nothing was inspected, or there are no warnings. */
    public static final LayoutFindings NONE = new LayoutFindings(List.of(), 0);

    public LayoutFindings(List<String> advice, double endlessShare) {
        this(advice, endlessShare, true);
    }

    public LayoutFindings {
        advice = List.copyOf(advice);
    }

    /** The same, with each sentence about this part of what is counted. */
    LayoutFindings of(String part) {
        return new LayoutFindings(
                advice.stream().map(sentence -> part + ": " + sentence).toList(), endlessShare, complete);
    }

    /** The same, of which a part could not be inspected. */
    LayoutFindings incomplete() {
        return new LayoutFindings(advice, endlessShare, false);
    }

    /** The sentences of both, and the larger share. */
    LayoutFindings plus(LayoutFindings others) {
        return new LayoutFindings(
                        others.advice, Math.max(endlessShare, others.endlessShare), complete && others.complete)
                .after(advice);
    }

    /** Adds these sentences in front. */
    public LayoutFindings after(List<String> warnings) {
        return warnings.isEmpty()
                ? this
                : new LayoutFindings(
                        Stream.concat(warnings.stream(), advice.stream()).toList(), endlessShare, complete);
    }
}
