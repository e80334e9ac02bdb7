package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.input.InvalidInputException;
import io.github.redissessionscaler.input.Problem;
import java.util.Map;

/** Options that stand for environment variables. */
final class OptionNames {

    private OptionNames() {}

    /**
     * The same problems; where a variable comes from an option, they name that.
     *
     * @param options by the name of the variable
     */
    static InvalidInputException inPlaceOfVariables(InvalidInputException invalid, Map<String, String> options) {
        return new InvalidInputException(invalid.problems().stream()
                .map(problem -> new Problem(options.getOrDefault(problem.key(), problem.key()), problem.message()))
                .toList());
    }
}
