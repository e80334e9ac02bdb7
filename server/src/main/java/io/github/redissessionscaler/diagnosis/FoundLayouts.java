package io.github.redissessionscaler.diagnosis;

import io.github.redissessionscaler.input.Numbers;
import io.github.redissessionscaler.trigger.Layout;
import io.github.redissessionscaler.trigger.Preset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The session layouts that the keys of one database fit.
 *
 * @param index of the database
 * @param keys its DBSIZE
 * @param lookedAt number of inspected keys
 * @param fits the layouts with the most sessions first
 * @param patterns for keys that may be sessions, if no layout fits
 * @param groups the kinds of keys, the most frequent first
 */
public record FoundLayouts(
        int index, long keys, long lookedAt, List<Fit> fits, List<PatternProposal> patterns, List<KeyGroup> groups) {

    /** Smaller shares of the keys do not make a database a mixed one. */
    private static final double NEGLIGIBLE = 0.05;

    private static final String ALL_COUNT = "all keys of the database count";
    private static final String EXPIRING_COUNT = "all keys with a time to live count";

    public FoundLayouts {
        fits = List.copyOf(fits);
        groups = List.copyOf(groups);
        patterns = fits.isEmpty() ? List.copyOf(patterns) : List.of();
    }

    /**
     * A layout that keys fit.
     *
     * @param sessions number of sessions that it counts; an estimate if not all keys were inspected
     * @param vague whether other programs could easily choose such names
     * @param alsoFit presets that count the same keys
     */
    public record Fit(Layout layout, double sessions, boolean vague, List<Preset> alsoFit) {
        public Fit {
            alsoFit = List.copyOf(alsoFit);
        }
    }

    /**
     * Keys of one kind. Contains nothing that identifies a session.
     *
     * @param masked beginning that they share, then {@code *}
     * @param type as TYPE gives it; empty if Redis refuses it
     * @param share of all inspected keys, 0 to 1
     * @param ttl how long they live
     */
    public record KeyGroup(String masked, Optional<String> type, double share, Optional<TtlRange> ttl) {

        /** Whether some of them have a time to live, as far as it is known. */
        boolean expires() {
            return ttl.map(range -> range.mostMillis() > 0).orElse(true);
        }
    }

    /** The shortest and the longest time to live of some keys, in milliseconds; -1 for keys without one. */
    public record TtlRange(long leastMillis, long mostMillis) {}

    /** Whether not all keys were inspected, so that numbers are estimates. */
    public boolean estimated() {
        return lookedAt < keys;
    }

    /** The layout with the most sessions. */
    public Optional<Fit> best() {
        return fits.stream().findFirst();
    }

    /** Why the number of all keys is not the number of sessions; empty if it may be. */
    public Optional<String> mixed() {
        return mixed(ALL_COUNT, keys, groups);
    }

    /**
     * Why the number of keys with a time to live is not the number of sessions; empty if it may be.
     *
     * @param expiring that number
     */
    Optional<String> mixedOfExpiring(long expiring) {
        List<KeyGroup> kinds = groups.stream().filter(KeyGroup::expires).toList();
        boolean allSeemSessions = fits.isEmpty() && patterns.size() >= countLarge(kinds);
        if (allSeemSessions || best().filter(FoundLayouts::isAnyName).isPresent()) {
            return Optional.empty();
        }
        double share = kinds.stream().mapToDouble(KeyGroup::share).sum();
        // the share of the sample, since a layout's sessions are estimated from the same sample
        return mixed(EXPIRING_COUNT, estimated() ? Math.round(share * (double) keys) : expiring, kinds);
    }

    private static boolean isAnyName(Fit fit) {
        return fit.layout().preset() == Preset.DEDICATED_DATABASE;
    }

    private static long countLarge(List<KeyGroup> kinds) {
        return kinds.stream().filter(group -> group.share() > NEGLIGIBLE).count();
    }

    /** Whether a sentence is one of {@link #mixed}, perhaps about another sample of the keys. */
    public static boolean isOfMixed(String sentence) {
        return sentence.startsWith(ALL_COUNT);
    }

    private Optional<String> mixed(String what, long counted, List<KeyGroup> kinds) {
        Optional<Fit> fit = best().filter(best -> !best.vague());
        if (fit.isPresent()) {
            Fit best = fit.orElseThrow();
            return best.sessions() >= (1 - NEGLIGIBLE) * (double) counted
                    ? Optional.empty()
                    : Optional.of("%s, but only %s%s of %s are sessions of preset %s; use that preset"
                            .formatted(
                                    what,
                                    estimated() ? "about " : "",
                                    Numbers.withCommas(Math.rint(best.sessions())),
                                    Numbers.withCommas(counted),
                                    best.layout().preset()));
        }
        long several = countLarge(kinds);
        return several > 1
                ? Optional.of("%s, and they are of %d kinds; use keyPattern".formatted(what, several))
                : Optional.empty();
    }

    /** The best of several databases. */
    public static Optional<FoundLayouts> best(List<FoundLayouts> databases) {
        return databases.stream()
                .filter(database -> database.best().isPresent())
                .max(Comparator.comparingDouble(
                        database -> database.best().map(Fit::sessions).orElse(0.0)));
    }

    /** All presets of a fit, the preferred one first. */
    public static Stream<Preset> presets(Fit fit) {
        return Stream.concat(Stream.of(fit.layout().preset()), fit.alsoFit().stream());
    }
}
