package io.github.redissessionscaler.acl;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The permissions that a Redis user lacks for a trigger.
 *
 * @param user its name
 * @param missing the missing permissions
 */
public record MissingPermissions(String user, List<MissingRule> missing) {

    /**
     * A missing permission.
     *
     * @param command whether the command is refused
     * @param place whether the keys or the channel are refused, or may be once the command is allowed
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

    /** The missing ACL rules that counting requires. */
    public List<String> needed() {
        return rules(missing.stream().filter(one -> one.right().benefit().isEmpty()));
    }

    /** The missing optional ACL rules. */
    public List<String> helpful() {
        List<String> needed = needed();
        return rules(missing.stream().filter(one -> one.right().benefit().isPresent())).stream()
                .filter(rule -> !needed.contains(rule))
                .toList();
    }

    /** What the optional rules enable, without duplicates. */
    public List<String> benefits() {
        return missing.stream()
                .flatMap(one -> one.right().benefit().stream())
                .distinct()
                .toList();
    }

    /** The command for an administrator that grants these rules; empty if there are none. */
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

    /** Quoted for redis-cli. */
    private static String quoted(String word) {
        return word.matches("[^\\s\"'\\\\]+")
                ? word
                : "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
