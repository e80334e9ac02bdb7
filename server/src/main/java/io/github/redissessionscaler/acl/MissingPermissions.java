package io.github.redissessionscaler.acl;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a Redis user is not allowed of what a trigger wants.
 *
 * @param user its name
 * @param missing the rights that it lacks
 */
public record MissingPermissions(String user, List<MissingRule> missing) {

    /**
     * A right that is lacking.
     *
     * @param command whether its command is refused
     * @param place whether its keys or its channel are, or may be once the command is allowed
     */
    public record MissingRule(AclRule right, boolean command, boolean place) {

        private Stream<String> rules() {
            return Stream.concat(
                    command ? Stream.of(right.command()) : Stream.empty(),
                    place ? right.place().stream() : Stream.empty());
        }
    }

    public MissingPermissions {
        missing = List.copyOf(missing);
    }

    /** The ACL rules without which there is no count. */
    public List<String> needed() {
        return rules(missing.stream().filter(one -> one.right().benefit().isEmpty()));
    }

    /** The ACL rules that would do some good. */
    public List<String> helpful() {
        List<String> needed = needed();
        return rules(missing.stream().filter(one -> one.right().benefit().isPresent())).stream()
                .filter(rule -> !needed.contains(rule))
                .toList();
    }

    /** What the helpful ones are good for, each once. */
    public List<String> benefits() {
        return missing.stream()
                .flatMap(one -> one.right().benefit().stream())
                .distinct()
                .toList();
    }

    /** The command that allows these rules, for an administrator to type; empty where there are none. */
    public Optional<String> grant(List<String> rules) {
        return rules.isEmpty()
                ? Optional.empty()
                : Optional.of("ACL SETUSER "
                        + String.join(
                                " ",
                                Stream.concat(Stream.of(user), rules.stream())
                                        .map(MissingPermissions::quoted)
                                        .toList()));
    }

    private static List<String> rules(Stream<MissingRule> some) {
        return some.flatMap(MissingRule::rules).distinct().toList();
    }

    /** As redis-cli reads its lines. */
    private static String quoted(String word) {
        return word.matches("[^\\s\"'\\\\]+")
                ? word
                : "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
