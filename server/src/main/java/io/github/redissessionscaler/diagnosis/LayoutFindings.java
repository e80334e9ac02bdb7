package io.github.redissessionscaler.diagnosis;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a look at some keys of a database has shown. No key is named in it.
 *
 * @param advice what does not fit, each a sentence for an operator
 * @param endlessShare the part of the matching keys that has no time to live, 0 to 1; 0 when none matches
 */
public record LayoutFindings(List<String> advice, double endlessShare) {

    /** Nothing was looked at, or nothing is odd. */
    public static final LayoutFindings NONE = new LayoutFindings(List.of(), 0);

    public LayoutFindings {
        advice = List.copyOf(advice);
    }

    /** The same behind these sentences. */
    public LayoutFindings after(List<String> warnings) {
        return new LayoutFindings(
                Stream.concat(warnings.stream(), advice.stream()).toList(), endlessShare);
    }
}
