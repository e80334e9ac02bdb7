package io.github.redissessionscaler.counting.pattern;

import io.github.redissessionscaler.input.ValueParser;
import io.github.redissessionscaler.keyspace.Shard;
import io.github.redissessionscaler.trigger.KeyRule;
import io.github.redissessionscaler.trigger.KeyType;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Applies a {@link KeyRule}: what it reads of a batch of keys, and how much a key counts by the reply. */
record KeyCheck(KeyRule rule, KeyRead read) {

    /** The reply of PTTL for a key without TTL. */
    private static final long FOREVER = -1;

    private static final long MILLIS = 1_000;

    private static final String STRING = ValueParser.word(KeyType.STRING);

    /** One property of keys. Equal reads are sent once for each key, for all filters together. The cheapest come first. */
    sealed interface KeyRead {

        /** The replies, one for each key, in one round trip, or two for sizes of unknown types. */
        List<?> of(Shard shard, List<byte[]> keys);

        record TypeRead() implements KeyRead {
            @Override
            public List<String> of(Shard shard, List<byte[]> keys) {
                return shard.types(keys);
            }
        }

        record TtlRead() implements KeyRead {
            @Override
            public List<Long> of(Shard shard, List<byte[]> keys) {
                return shard.timesToLive(keys);
            }
        }

        record IdleRead() implements KeyRead {
            @Override
            public List<Long> of(Shard shard, List<byte[]> keys) {
                return shard.idleSeconds(keys);
            }
        }

        record FieldRead(String field) implements KeyRead {
            @Override
            public List<Boolean> of(Shard shard, List<byte[]> keys) {
                return shard.haveField(keys, field);
            }
        }

        /**
         * The size of the value of each key: its elements, or the bytes of a string.
         *
         * @param type of all the keys, if it is known
         * @param ofStrings whether strings have a size; otherwise it is 0
         */
        record SizeRead(Optional<String> type, boolean ofStrings) implements KeyRead {
            @Override
            public List<Long> of(Shard shard, List<byte[]> keys) {
                List<String> types = type.map(known -> Collections.nCopies(keys.size(), known))
                        .orElseGet(() -> shard.types(keys));
                return shard.sizes(keys, types.stream().map(this::sized).toList());
            }

            private String sized(String found) {
                return ofStrings || !found.equals(STRING) ? found : Shard.GONE;
            }
        }

        /** Smaller for a read that is sent before others. */
        default int order() {
            return switch (this) {
                case TypeRead _ -> 0;
                case TtlRead _ -> 1;
                case IdleRead _ -> 2;
                case FieldRead _ -> 3;
                case SizeRead _ -> 4;
            };
        }
    }

    /** @param type of the keys of the filter, if it counts keys of one type only */
    static KeyCheck of(KeyRule rule, Optional<String> type) {
        KeyRead read = switch (rule) {
            case KeyRule.OfType _ -> new KeyRead.TypeRead();
            case KeyRule.MinTtl _ -> new KeyRead.TtlRead();
            case KeyRule.UsedWithin used ->
                used.sessionTtl().isPresent() ? new KeyRead.TtlRead() : new KeyRead.IdleRead();
            case KeyRule.HasField(String field) -> new KeyRead.FieldRead(field);
            case KeyRule.MinSize _ -> new KeyRead.SizeRead(type, true);
            case KeyRule.SumOfElements _ -> new KeyRead.SizeRead(type, false);
        };
        return new KeyCheck(rule, read);
    }

    /** How much a key with this reply counts: 0 if not at all. */
    long weight(Object reply) {
        return switch (rule) {
            case KeyRule.OfType(String type) -> one(type.equalsIgnoreCase((String) reply));
            case KeyRule.MinTtl(var longerThan) -> one((long) reply == FOREVER || (long) reply > longerThan.toMillis());
            case KeyRule.UsedWithin(var within, var sessionTtl) ->
                one(sessionTtl
                        .map(ttl -> (long) reply > ttl.minus(within).toMillis())
                        .orElseGet(() -> (long) reply >= 0 && (long) reply * MILLIS <= within.toMillis()));
            case KeyRule.HasField _ -> one((boolean) reply);
            case KeyRule.MinSize(long size) -> one((long) reply >= size);
            case KeyRule.SumOfElements() -> (long) reply;
        };
    }

    private static long one(boolean counts) {
        return counts ? 1 : 0;
    }
}
