package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The triggers of the metadata that came last. KEDA sends the same with every call, and parsing it would be a seventh of all
 * the work for one. Metadata are remembered as one text each, since maps of many small ones would take several times the
 * memory. Thread-safe.
 */
final class TriggerCache {

    /** Characters of all texts that are remembered: of as many triggers as there may be by default, with usual metadata. */
    private static final int REMEMBERED = 2 << 20;

    /** What a text takes besides its characters, counted as characters. */
    private static final int OF_EACH = 64;

    /**
     * Characters of all keys and values, and one for each of them. Longer metadata, and those of characters that a string keeps
     * in two bytes, are parsed each time, so that nobody can fill the memory.
     */
    private static final int LONGEST_REMEMBERED = 512;

    private static final int WIDEST_OF_ONE_BYTE = 0xff;

    private final Map<String, Trigger> triggers = new LinkedHashMap<>(16, 0.75f, true);
    private int remembered;

    /**
     * The trigger that the metadata describes.
     *
     * @param admission throws if the trigger is refused, so that it is not remembered
     * @throws io.github.redissessionscaler.input.InvalidInputException with everything that is wrong
     */
    Trigger of(Map<String, String> metadata, Consumer<Trigger> admission) {
        Optional<String> text = text(metadata);
        return text.flatMap(this::known).orElseGet(() -> {
            Trigger parsed = TriggerParser.parse(metadata);
            admission.accept(parsed);
            text.ifPresent(one -> remember(one, parsed));
            return parsed;
        });
    }

    private synchronized Optional<Trigger> known(String text) {
        return Optional.ofNullable(triggers.get(text));
    }

    private synchronized void remember(String text, Trigger parsed) {
        if (triggers.putIfAbsent(text, parsed) == null) {
            remembered += text.length() + OF_EACH;
        }
        var eldest = triggers.keySet().iterator();
        while (remembered > REMEMBERED) {
            remembered -= eldest.next().length() + OF_EACH;
            eldest.remove();
        }
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
        boolean wide = text.chars().anyMatch(character -> character > WIDEST_OF_ONE_BYTE);
        return wide ? Optional.empty() : Optional.of(text.toString());
    }

    private static StringBuilder append(StringBuilder text, String part) {
        return text.append((char) part.length()).append(part);
    }
}
