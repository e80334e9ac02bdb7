package io.github.redissessionscaler.trigger;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a trigger counts and where. Triggers with equal sources share every read of Redis.
 *
 * @param database the one that is counted; of a {@link CountQuery.SumOf}, the one that holds the trigger's other keys
 */
public record Source(Database database, CountQuery query) {

    /** The sources that are added up: those of a {@link CountQuery.SumOf}, else this one alone. */
    public List<Source> parts() {
        return query instanceof CountQuery.SumOf(List<CountQuery.SumOf.Part> parts)
                ? parts.stream().map(CountQuery.SumOf.Part::source).toList()
                : List.of(this);
    }

    /** All databases that are read, each once, its own first. */
    public List<Database> databases() {
        return query instanceof CountQuery.SumOf
                ? Stream.concat(Stream.of(database), parts().stream().map(Source::database))
                        .distinct()
                        .toList()
                : List.of(database);
    }

    /** The names of the connections that are read, each once, separated by commas. */
    public String connections() {
        return query instanceof CountQuery.SumOf
                ? databases().stream().map(Database::connection).distinct().collect(Collectors.joining(","))
                : database.connection();
    }
}
