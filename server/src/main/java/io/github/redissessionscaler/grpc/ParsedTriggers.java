package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.counting.LeastRecentlyUsed;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.Map;

/**
 * The triggers of the metadata that came last. KEDA sends the same with every call, and parsing it would be a seventh of all
 * the work for one. Thread-safe.
 */
final class ParsedTriggers {

    /** Metadata that are remembered: those of any scaler but the largest. */
    private static final int REMEMBERED = 10_000;

    /** Characters of all keys and values. Longer metadata are parsed each time, so that nobody can fill the memory. */
    private static final int LONGEST_REMEMBERED = 512;

    private final LeastRecentlyUsed<Map<String, String>, Trigger> triggers = new LeastRecentlyUsed<>(REMEMBERED);

    /**
     * The trigger that the metadata describes.
     *
     * @param metadata is kept, and must not change
     * @throws io.github.redissessionscaler.problem.InvalidInputException with everything that is wrong
     */
    Trigger of(Map<String, String> metadata) {
        if (!isShort(metadata)) {
            return TriggerParser.parse(metadata);
        }
        return triggers.get(metadata).orElseGet(() -> {
            Trigger parsed = TriggerParser.parse(metadata);
            triggers.add(metadata, parsed);
            return parsed;
        });
    }

    private static boolean isShort(Map<String, String> metadata) {
        int characters = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            characters += entry.getKey().length() + entry.getValue().length();
            if (characters > LONGEST_REMEMBERED) {
                return false;
            }
        }
        return true;
    }
}
