package io.github.redissessionscaler.acl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A permission that a Redis user needs or should have.
 *
 * @param command the ACL rule that allows the command: {@code +get}, {@code +cluster|slots}
 * @param place the ACL rule that allows its keys or its channel: {@code ~session:*}; empty if it has none
 * @param attempt the command with arguments to try it; changes nothing and costs almost nothing
 * @param benefit what it enables if it is optional; empty if counting requires it
 */
public record AclRule(String command, Optional<String> place, List<String> attempt, Optional<String> benefit) {

    static AclRule of(String command, String... arguments) {
        List<String> attempt = new ArrayList<>(List.of(command.split("\\|", 2)));
        attempt.addAll(List.of(arguments));
        return new AclRule("+" + command, Optional.empty(), List.copyOf(attempt), Optional.empty());
    }

    AclRule at(String rule) {
        return new AclRule(command, Optional.of(rule), attempt, benefit);
    }

    AclRule goodFor(String what) {
        return new AclRule(command, place, attempt, Optional.of(what));
    }
}
