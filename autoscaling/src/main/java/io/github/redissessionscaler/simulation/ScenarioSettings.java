package io.github.redissessionscaler.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Settings as text, not parsed yet: {@link ScenarioKey}s and keys of the trigger's metadata. Immutable. */
public final class ScenarioSettings {

    private final Map<String, String> given;

    private ScenarioSettings(Map<String, String> given) {
        this.given = given;
    }

    /** These settings, in their order. */
    public static ScenarioSettings of(Map<String, String> given) {
        return new ScenarioSettings(new LinkedHashMap<>(given));
    }

    /** These settings, with others in place of those that both have. */
    public ScenarioSettings with(ScenarioSettings others) {
        var both = new LinkedHashMap<>(given);
        both.putAll(others.given);
        return new ScenarioSettings(both);
    }

    /**
     * What they come to.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with everything that is wrong
     */
    public Scenario read(String name) {
        return new ScenarioReader(given).read(name);
    }

    /** Each setting with its value, in one line. */
    @Override
    public String toString() {
        return given.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(", "));
    }
}
