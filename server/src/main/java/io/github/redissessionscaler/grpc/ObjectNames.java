package io.github.redissessionscaler.grpc;

import io.github.redissessionscaler.input.Printable;
import io.github.redissessionscaler.input.Problems;
import io.github.redissessionscaler.proto.ScaledObjectRef;

/** The name and the namespace in a request. They appear in metrics and in the log, so they must be short and on one line. */
final class ObjectNames {

    /** The limit of Kubernetes. */
    private static final int LONGEST = 253;

    private ObjectNames() {}

    /**
     * Returns if both names can be shown.
     *
     * @throws io.github.redissessionscaler.input.InvalidInputException with all problems
     */
    static void check(ScaledObjectRef request) {
        var problems = new Problems();
        check("scaledObjectRef.name", request.getName(), problems);
        check("scaledObjectRef.namespace", request.getNamespace(), problems);
        problems.throwIfAny();
    }

    private static void check(String field, String name, Problems problems) {
        if (name.length() > LONGEST) {
            problems.add(field, "has " + name.length() + " characters; at most " + LONGEST + " are accepted");
        } else if (holdsControlCharacter(name)) {
            problems.add(field, Printable.of(name) + " contains a line break or another control character");
        }
    }

    /** The name; an invalid one is shortened and escaped. */
    static String shown(String name) {
        return name.length() > LONGEST || holdsControlCharacter(name) ? Printable.plain(name) : name;
    }

    private static boolean holdsControlCharacter(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
