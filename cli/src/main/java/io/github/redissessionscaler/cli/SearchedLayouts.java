package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.diagnosis.FoundLayouts;
import io.github.redissessionscaler.diagnosis.FoundLayouts.Fit;
import io.github.redissessionscaler.trigger.MetadataKey;
import io.github.redissessionscaler.trigger.Preset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The session layouts that were found in the databases of a server.
 *
 * @param index of the database that the metadata selects
 * @param configuredIndex of the database that a trigger without {@code databaseIndex} selects
 * @param databases those that hold keys
 * @param problem why the search failed, if it did
 */
record SearchedLayouts(int index, int configuredIndex, List<FoundLayouts> databases, Optional<String> problem) {

    /** Why the number of all keys of the selected database is not the number of sessions; empty if it may be. */
    Optional<String> mixed() {
        return databases.stream()
                .filter(database -> database.index() == index)
                .findFirst()
                .flatMap(FoundLayouts::mixed);
    }

    /** The metadata of a trigger that counts the sessions of a layout. */
    Map<String, String> metadata(FoundLayouts database, Fit fit) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(MetadataKey.PRESET.text(), fit.layout().preset().text());
        fit.layout()
                .setting()
                .ifPresent(value -> fit.layout()
                        .preset()
                        .setting()
                        .map(Preset.PresetOption::key)
                        .ifPresent(key -> metadata.put(key.text(), value)));
        if (database.index() != configuredIndex) {
            metadata.put(MetadataKey.DATABASE_INDEX.text(), String.valueOf(database.index()));
        }
        return metadata;
    }
}
