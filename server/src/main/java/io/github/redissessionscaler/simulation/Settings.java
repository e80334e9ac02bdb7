package io.github.redissessionscaler.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Settings as somebody gave them: {@link SettingKey}s and keys of the trigger's metadata, not looked at yet. Immutable. */
public final class Settings {

    private final Map<String, String> given;

    private Settings(Map<String, String> given) {
        this.given = given;
    }

    /** These settings, in their order. */
    public static Settings of(Map<String, String> given) {
        return new Settings(new LinkedHashMap<>(given));
    }

    /** These settings, with others in place of those that both have. */
    public Settings with(Settings others) {
        var both = new LinkedHashMap<>(given);
        both.putAll(others.given);
        return new Settings(both);
    }

    /**
     * What they come to.
     *
     * @throws io.github.redissessionscaler.problem.InvalidInputException with everything that is wrong
     */
    public Setup read(String name) {
        return new SettingsReader(given).read(name);
    }

    /** Each setting with its value, in one line. */
    @Override
    public String toString() {
        return given.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(", "));
    }
}
