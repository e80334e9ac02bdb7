package io.github.redissessionscaler.cli;

import io.github.redissessionscaler.app.Inspection;
import io.github.redissessionscaler.diagnosis.FoundLayouts;
import io.github.redissessionscaler.diagnosis.FoundLayouts.Fit;
import io.github.redissessionscaler.diagnosis.PatternProposal;
import io.github.redissessionscaler.keyspace.KeyspaceException;
import io.github.redissessionscaler.trigger.CountQuery;
import io.github.redissessionscaler.trigger.Database;
import io.github.redissessionscaler.trigger.MetadataKey;
import io.github.redissessionscaler.trigger.Preset;
import io.github.redissessionscaler.trigger.Trigger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The session layouts that were found in the databases of a server.
 *
 * @param index of the database that the metadata selects
 * @param configuredIndex of the database that a trigger without {@code databaseIndex} selects
 * @param databases those that hold keys
 * @param problem why the search failed, if it did
 */
record SearchedLayouts(int index, int configuredIndex, List<FoundLayouts> databases, Optional<String> problem) {

    /**
     * Searches the layouts where all keys of a database count, because the trigger names nothing else to count. Empty for another
     * trigger, and while Redis is unavailable.
     */
    static Optional<SearchedLayouts> of(Inspection inspection, Trigger trigger, Inspection.InspectionResult found) {
        Database database = trigger.source().database();
        if (!trigger.source().query().equals(new CountQuery.AllKeys())
                || !found.explanation().getOutage().isEmpty()) {
            return Optional.empty();
        }
        int index = inspection.indexOf(database);
        int configured = inspection.indexOf(new Database(database.connection(), OptionalInt.empty()));
        try {
            return Optional.of(new SearchedLayouts(index, configured, inspection.layouts(database), Optional.empty()));
        } catch (KeyspaceException e) {
            return Optional.of(
                    new SearchedLayouts(index, configured, List.of(), Optional.of(e.reason() + ": " + e.getMessage())));
        }
    }

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
        putIndex(database, metadata);
        return metadata;
    }

    /** The metadata of a trigger that counts the keys of a pattern. */
    Map<String, String> metadata(FoundLayouts database, PatternProposal proposal) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(MetadataKey.KEY_PATTERN.text(), proposal.keyPattern());
        proposal.keyType().ifPresent(type -> metadata.put(MetadataKey.KEY_TYPE.text(), type));
        putIndex(database, metadata);
        return metadata;
    }

    private void putIndex(FoundLayouts database, Map<String, String> metadata) {
        if (database.index() != configuredIndex) {
            metadata.put(MetadataKey.DATABASE_INDEX.text(), String.valueOf(database.index()));
        }
    }

    /**
     * The metadata of the trigger that is proposed: for the layout with the most sessions, or the only pattern. A database other than 0
     * has been chosen by the user, so its layout is preferred.
     */
    Optional<Map<String, String>> proposed() {
        Optional<FoundLayouts> best = databases.stream()
                .filter(database -> index != 0
                        && database.index() == index
                        && database.best().isPresent())
                .findFirst()
                .or(() -> FoundLayouts.best(databases));
        if (best.isPresent()) {
            return best.flatMap(database -> database.best().map(fit -> metadata(database, fit)));
        }
        List<Map<String, String>> patterns = databases.stream()
                .flatMap(database -> database.patterns().stream().map(pattern -> metadata(database, pattern)))
                .toList();
        return patterns.size() == 1 ? Optional.of(patterns.getFirst()) : Optional.empty();
    }
}
