package io.github.redissessionscaler.trigger;

import java.util.Optional;

/**
 * How sessions are laid out in Redis, according to a trigger.
 *
 * @param setting the value of the preset's setting, if given
 */
public record Layout(Preset preset, Optional<String> setting) {

    /** What is counted. */
    public CountQuery query() {
        return setting.map(preset::query).orElseGet(preset::query);
    }

    /** The value of the preset's setting: as given, or else its default; empty if the preset has none. */
    public Optional<String> effectiveSetting() {
        return setting.or(() -> preset.setting().map(Preset.PresetOption::defaultText));
    }

    /** The layout of the same framework that is often confused with this one, if any. */
    public Optional<Layout> rival() {
        return switch (preset) {
            case SPRING_SESSION -> Optional.of(new Layout(Preset.SPRING_SESSION_INDEXED, setting));
            case SPRING_SESSION_INDEXED -> Optional.of(new Layout(Preset.SPRING_SESSION, setting));
            default -> Optional.empty();
        };
    }

    /** Whether the rival layout also contains keys that this layout counts. */
    public boolean countsKeysOfRival() {
        return preset == Preset.SPRING_SESSION;
    }
}
