package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.counting.LeastRecentlyUsed;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The triggers of the metadata that came last. KEDA sends the same with every call, and parsing it would be a seventh of all
 * the work for one. Metadata are remembered as one text each, since maps of many small ones would take several times the
 * memory. Thread-safe.
 */
final class ParsedTriggers {

    /** Metadata that are remembered: as many as there are triggers by default. */
    private static final int REMEMBERED = 12_000;

    /** Characters of all keys and values, and one for each of them. Longer metadata are parsed each time, so that nobody can fill the memory. */
    private static final int LONGEST_REMEMBERED = 512;

    private final LeastRecentlyUsed<String, Trigger> triggers = new LeastRecentlyUsed<>(REMEMBERED);

    /**
     * The trigger that the metadata describes.
     *
     * @param admission throws if the trigger is refused, so that it is not remembered
     * @throws io.github.redissessionscaler.problem.InvalidInputException with everything that is wrong
     */
    Trigger of(Map<String, String> metadata, Consumer<Trigger> admission) {
        Optional<String> text = text(metadata);
        return text.flatMap(triggers::get).orElseGet(() -> {
            Trigger parsed = TriggerParser.parse(metadata);
            admission.accept(parsed);
            text.ifPresent(remembered -> triggers.add(remembered, parsed));
            return parsed;
        });
    }

    /**
     * The same for equal metadata, in whatever order they come, and another for others: each key and value stands after its
     * length. Empty for what is too long to be remembered.
     */
    private static Optional<String> text(Map<String, String> metadata) {
        String[] keys = metadata.keySet().toArray(String[]::new);
        Arrays.sort(keys);
        var text = new StringBuilder();
        for (String key : keys) {
            append(append(text, key), metadata.getOrDefault(key, ""));
            if (text.length() > LONGEST_REMEMBERED) {
                return Optional.empty();
            }
        }
        return Optional.of(text.toString());
    }

    private static StringBuilder append(StringBuilder text, String part) {
        return text.append((char) part.length()).append(part);
    }
}
