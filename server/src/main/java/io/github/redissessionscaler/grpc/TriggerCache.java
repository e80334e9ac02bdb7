package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.evaluation.TriggerRef;
import io.github.redissessionscaler.proto.ScaledObjectRef;
import io.github.redissessionscaler.trigger.Trigger;
import io.github.redissessionscaler.trigger.TriggerParser;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the triggers of requests, and caches them by their metadata. KEDA sends the same metadata with every call; parsing it would be a seventh of
 * the CPU time of a call. The key is one string per trigger, because maps would take several times the memory. Thread-safe.
 */
final class TriggerCache {

    /** Characters of all cached keys: enough for the default TRIGGER_LIMIT with usual metadata. */
    private static final int REMEMBERED = 2 << 20;

    /** Overhead of an entry, counted as characters. */
    private static final int OF_EACH = 64;

    /**
     * Longest cached key, in characters. Longer metadata, and metadata with characters that take two bytes in a string, are
     * parsed each time, so that no client can fill the memory.
     */
    private static final int LONGEST_REMEMBERED = 512;

    /** In all metadata, long, and of no effect: where KEDA finds the scaler. */
    private static final String ADDRESS = "scalerAddress";

    private static final int WIDEST_OF_ONE_BYTE = 0xff;

    private final Map<String, Trigger> triggers = new LinkedHashMap<>(16, 0.75f, true);
    private final Consumer<TriggerRef> admission;
    private int remembered;

    /** @param admission throws if a trigger that is not cached is refused; then it is not cached either */
    TriggerCache(Consumer<TriggerRef> admission) {
        this.admission = admission;
    }

    /**
     * The trigger of the request.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with all problems of its names, or of its metadata
     * @throws RuntimeException from the admission
     */
    TriggerRef of(ScaledObjectRef request) {
        ObjectNames.check(request);
        Optional<String> text = text(request.getScalerMetadataMap());
        return text.flatMap(this::known).map(trigger -> ref(request, trigger)).orElseGet(() -> {
            TriggerRef parsed = ref(request, TriggerParser.parse(request.getScalerMetadataMap()));
            admission.accept(parsed);
            text.ifPresent(one -> remember(one, parsed.trigger()));
            return parsed;
        });
    }

    private static TriggerRef ref(ScaledObjectRef request, Trigger trigger) {
        return new TriggerRef(request.getNamespace(), request.getName(), trigger);
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
     * The cache key of the metadata, independent of order: each key and value after its length. Empty for metadata that is
     * too long to cache.
     */
    private static Optional<String> text(Map<String, String> metadata) {
        String[] keys = metadata.keySet().toArray(String[]::new);
        Arrays.sort(keys);
        var text = new StringBuilder();
        for (String key : keys) {
            if (!key.equals(ADDRESS)) {
                append(append(text, key), metadata.getOrDefault(key, ""));
            }
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
