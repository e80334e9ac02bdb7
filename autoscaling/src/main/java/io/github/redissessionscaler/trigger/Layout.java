package io.github.redissessionscaler.trigger;

import java.util.Optional;

/**
 * How sessions are laid out in Redis, as a trigger says.
 *
 * @param setting what its author gave for the preset's setting, if anything
 */
public record Layout(Preset preset, Optional<String> setting) {

    /** What is counted. */
    public CountQuery query() {
        return setting.map(preset::query).orElseGet(preset::query);
    }

    /** The layout of the same framework that is taken for this one, or empty where none is. */
    public Optional<Layout> rival() {
        return switch (preset) {
            case SPRING_SESSION -> Optional.of(new Layout(Preset.SPRING_SESSION_INDEXED, setting));
            case SPRING_SESSION_INDEXED -> Optional.of(new Layout(Preset.SPRING_SESSION, setting));
            default -> Optional.empty();
        };
    }

    /** Whether keys that this layout counts are there also where the rival is the right one. */
    public boolean countsKeysOfRival() {
        return preset == Preset.SPRING_SESSION;
    }
}
