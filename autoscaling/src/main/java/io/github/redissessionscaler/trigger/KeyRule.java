package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.input.Durations;
import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.input.Printable;
import java.time.Duration;
import java.util.Optional;

/**
 * How much a key counts whose name matches, by one property that Redis gives without its content. A key counts as much as the
 * product of what its rules give: 0 for a rule that it does not meet, 1 for one that it does.
 */
public sealed interface KeyRule {

    /** Describes the rule, to follow "keys that match 'x'". */
    default String description() {
        return switch (this) {
            case OfType(String type) -> ", of type " + Printable.plain(type);
            case MinTtl(Duration longerThan) -> ", with more time to live than " + Durations.format(longerThan);
            case UsedWithin(Duration within, Optional<Duration> sessionTtl) ->
                ", used within " + Durations.format(within)
                        + sessionTtl
                                .map(ttl -> " by a time to live of " + Durations.format(ttl))
                                .orElse("");
            case HasField(String field) -> ", with the field " + Printable.of(field);
            case MinSize(long size) -> ", with at least " + Numbers.withCommas(size) + " bytes or elements";
            case SumOfElements() -> "";
        };
    }

    /** Whether Redis takes the read that the rule needs for a use of the key: it resets OBJECT IDLETIME. */
    default boolean readCountsAsUse() {
        return switch (this) {
            case HasField _, MinSize _, SumOfElements _ -> true;
            case OfType _, MinTtl _, UsedWithin _ -> false;
        };
    }

    /** Keys of this type, which may be one of a module, in upper or lower case. */
    record OfType(String type) implements KeyRule {}

    /** Keys with more than this time to live, or with none. */
    record MinTtl(Duration longerThan) implements KeyRule {}

    /**
     * Keys used within this duration before now.
     *
     * @param sessionTtl the time to live that the application gives a key at each use; if empty, Redis's own record of the last
     *     use is read
     */
    record UsedWithin(Duration within, Optional<Duration> sessionTtl) implements KeyRule {}

    /** Hashes with this field. */
    record HasField(String field) implements KeyRule {}

    /** Keys with at least this size: the bytes of a string, the elements of other types. Keys of modules have none. */
    record MinSize(long size) implements KeyRule {}

    /** Each list, set, sorted set, hash and stream counts as many times as it has elements, other keys not at all. */
    record SumOfElements() implements KeyRule {}
}
