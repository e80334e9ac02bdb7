package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.input.TextSchema;
import io.github.redissessionscaler.input.YamlMistakes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the YAML list of {@code sources}: of each entry its keys and values, all as text. */
final class SourceList {

    /** Characters of the list. */
    static final int LONGEST = 4096;

    static final int MOST = 16;

    private SourceList() {}

    /** The entries; empty if the text is no such list, which is noted. */
    static List<Map<String, String>> parse(String key, String text, Problems problems) {
        Object yaml;
        try {
            yaml = new Load(LoadSettings.builder()
                            .setSchema(new TextSchema())
                            .setAllowDuplicateKeys(false)
                            .setMaxAliasesForCollections(0)
                            .build())
                    .loadFromString(text);
        } catch (YamlEngineException e) {
            problems.add(key, YamlMistakes.words(e).strip() + "; give a list whose entries begin with a hyphen");
            return List.of();
        } catch (StackOverflowError _) {
            problems.add(key, "is nested too deeply; give a list of keys with one value each");
            return List.of();
        }
        if (!(yaml instanceof List<?> list) || list.isEmpty() || list.size() > MOST) {
            problems.add(key, "must be a YAML list of 1 to " + MOST + " sources, each of which begins with a hyphen");
            return List.of();
        }
        List<Map<String, String>> entries = new ArrayList<>();
        for (Object element : list) {
            Optional<Map<String, String>> entry = entry(element);
            if (entry.isEmpty()) {
                problems.add(
                        key + "[" + entries.size() + "]",
                        "must consist of keys with one value each, such as keyPattern: session:*");
                return List.of();
            }
            entries.add(entry.get());
        }
        return entries;
    }

    private static Optional<Map<String, String>> entry(Object element) {
        Map<String, String> entry = new LinkedHashMap<>();
        if (!(element instanceof Map<?, ?> mapping)) {
            return Optional.empty();
        }
        for (Map.Entry<?, ?> one : mapping.entrySet()) {
            if (!(one.getKey() instanceof String key && one.getValue() instanceof String value)) {
                return Optional.empty();
            }
            entry.put(key, value);
        }
        return Optional.of(entry);
    }
}
