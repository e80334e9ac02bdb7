package io.github.redissessionscaler.input;

import java.util.Map;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * Reads every value of YAML as text, so that a password such as {@code 1e3} or {@code 007} is not converted. Empty,
 * {@code null} and {@code ~} mean no value. Immutable.
 */
public final class TextSchema implements Schema {

    private final Schema json = new JsonSchema();

    @Override
    public ScalarResolver getScalarResolver() {
        return (text, plain) ->
                plain && (text.isEmpty() || text.equals("null") || text.equals("~")) ? Tag.NULL : Tag.STR;
    }

    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
        return json.getSchemaTagConstructors();
    }
}
