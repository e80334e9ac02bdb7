package io.github.redissessionscaler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;

/**
 * A glob that matches the names that Redis's own MATCH matches, byte by byte: {@code *} is any bytes, {@code ?} one
 * byte, {@code [abc]}, {@code [a-z]} and {@code [^a]} one byte of a set, {@code \} takes the next byte as it is.
 *
 * <p>What Redis tolerates is tolerated: a set without its {@code ]} ends with the pattern, a {@code \} at the end stands
 * for itself, and nothing but the patterns {@code *} and the empty one matches the empty name. Ranges compare bytes as
 * signed numbers, as Redis does on x86.
 *
 * <p>Immutable. The time to match is bounded by the length of the pattern times that of the name, whatever they hold.
 */
public final class Glob {

    /** Elements that are not the byte they match; {@code FIRST_SET - n} is the set {@code n}. */
    private static final int ANY_RUN = -1;

    private static final int ANY_BYTE = -2;
    private static final int FIRST_SET = -3;

    private final String pattern;
    private final int[] elements;
    private final boolean[][] sets;

    private Glob(String pattern, int[] elements, boolean[][] sets) {
        this.pattern = pattern;
        this.elements = elements;
        this.sets = sets;
    }

    public static Glob of(String pattern) {
        return new Compiler(pattern).compile();
    }

    /** The text as a pattern that matches that text alone. */
    public static String escape(String text) {
        return text.replaceAll("[*?\\[\\]\\\\]", "\\\\$0");
    }

    /** The text that every name which matches begins with. */
    public static String beginning(String pattern) {
        var text = new StringBuilder();
        for (int i = 0; i < pattern.length() && "*?[".indexOf(pattern.charAt(i)) < 0; i++) {
            if (pattern.charAt(i) == '\\' && i + 1 < pattern.length()) {
                i++;
            }
            text.append(pattern.charAt(i));
        }
        return text.toString();
    }

    /** A name that matches, unless a set excludes the digit 0 or begins with an escape. */
    public static String example(String pattern) {
        return unescape(pattern.replaceAll("(?<!\\\\)\\[\\^[^]]*]", "0")
                .replaceAll("(?<!\\\\)\\[(.)[^]]*]", "$1")
                .replaceAll("(?<!\\\\)[*?]", "x"));
    }

    /** The text that was escaped. */
    static String unescape(String pattern) {
        return pattern.replaceAll("\\\\(.)", "$1");
    }

    /** What its author cannot have meant, a sentence that says how to mend it; empty for a sound pattern. */
    static Optional<String> defect(String pattern) {
        var compiler = new Compiler(pattern);
        compiler.compile();
        return compiler.defect;
    }

    /** Whether Redis would say that the key matches. */
    public boolean matches(byte[] key) {
        if (key.length == 0) {
            return pattern.isEmpty() || pattern.equals("*");
        }
        int element = 0;
        int at = 0;
        int elementAfterRun = -1;
        int endOfRun = 0;
        while (at < key.length) {
            if (element < elements.length && elements[element] == ANY_RUN) {
                element++;
                if (element == elements.length) {
                    return true;
                }
                elementAfterRun = element;
                endOfRun = at;
            } else if (element < elements.length && matches(elements[element], key[at] & 0xff)) {
                element++;
                at++;
            } else if (elementAfterRun >= 0) {
                element = elementAfterRun;
                endOfRun++;
                at = endOfRun;
            } else {
                return false;
            }
        }
        if (element < elements.length && elements[element] == ANY_RUN) {
            element++;
        }
        return element == elements.length;
    }

    private boolean matches(int element, int value) {
        if (element >= 0) {
            return element == value;
        }
        return element == ANY_BYTE || sets[FIRST_SET - element][value];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Glob glob && glob.pattern.equals(pattern);
    }

    @Override
    public int hashCode() {
        return pattern.hashCode();
    }

    /** The pattern. */
    @Override
    public String toString() {
        return pattern;
    }

    private static final class Compiler {

        private final String pattern;
        private final byte[] bytes;
        private final int[] elements;
        private final boolean[][] sets;
        private int elementCount;
        private int setCount;
        private int at;
        private Optional<String> defect = Optional.empty();

        Compiler(String pattern) {
            this.pattern = pattern;
            bytes = pattern.getBytes(UTF_8);
            elements = new int[bytes.length];
            sets = new boolean[bytes.length][];
        }

        Glob compile() {
            while (at < bytes.length) {
                switch (bytes[at]) {
                    case '*' -> run();
                    case '?' -> add(ANY_BYTE);
                    case '[' -> set();
                    case '\\' -> escaped();
                    default -> add(bytes[at] & 0xff);
                }
            }
            return new Glob(pattern, Arrays.copyOf(elements, elementCount), Arrays.copyOf(sets, setCount));
        }

        private void add(int element) {
            elements[elementCount++] = element;
            at++;
        }

        private void run() {
            if (elementCount > 0 && elements[elementCount - 1] == ANY_RUN) {
                at++;
            } else {
                add(ANY_RUN);
            }
        }

        private void escaped() {
            if (at + 1 < bytes.length) {
                at++;
            } else {
                found("ends with a lone \\; write \\\\ for the character itself");
            }
            add(bytes[at] & 0xff);
        }

        private void set() {
            at++;
            boolean negated = at < bytes.length && bytes[at] == '^';
            if (negated) {
                at++;
            }
            if (!negated && at < bytes.length && bytes[at] == ']') {
                found("has an empty [], which matches nothing; write \\[ for the character itself");
            }
            var members = new boolean[256];
            while (at < bytes.length && bytes[at] != ']') {
                member(members);
            }
            if (at == bytes.length) {
                found("has a [ without its ]; close it, or write \\[ for the character itself");
            }
            for (int value = 0; negated && value < members.length; value++) {
                members[value] = !members[value];
            }
            sets[setCount] = members;
            add(FIRST_SET - setCount);
            setCount++;
        }

        private void member(boolean[] members) {
            int left = bytes.length - at;
            if (bytes[at] == '\\' && left >= 2) {
                at++;
                include(members, bytes[at], bytes[at]);
                at++;
            } else if (left >= 3 && bytes[at + 1] == '-') {
                include(members, bytes[at], bytes[at + 2]);
                at += 3;
            } else {
                include(members, bytes[at], bytes[at]);
                at++;
            }
        }

        private void include(boolean[] members, byte one, byte other) {
            if (one < 0 || other < 0) {
                found("has a character in [] that Redis stores as several bytes, each of which it would match alone;"
                        + " write * in place of the []");
            }
            for (int value = Math.min(one, other); value <= Math.max(one, other); value++) {
                members[value & 0xff] = true;
            }
        }

        private void found(String what) {
            if (defect.isEmpty()) {
                defect = Optional.of(what);
            }
        }
    }
}
