package io.github.redissessionscaler.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A glob that matches the same names as Redis's MATCH, byte by byte: {@code *} matches any bytes, {@code ?} one byte,
 * {@code [abc]}, {@code [a-z]} and {@code [^a]} one byte of a set; {@code \} escapes the next byte.
 *
 * <p>Malformed patterns match as in Redis: a set without its {@code ]} ends with the pattern, a {@code \} at the end matches
 * itself, and only {@code *} and the empty pattern match the empty name. Ranges compare bytes as signed numbers, as Redis
 * does on x86.
 *
 * <p>Immutable. Matching tracks all positions in the pattern at once, as bits (a bit-parallel NFA), so a name takes at most
 * one step for each of its bytes and each {@link #BYTES_AT_A_STEP} bytes of the pattern.
 */
public final class Glob {

    /** Codes of elements that are not a single byte; {@code FIRST_SET - n} is the set {@code n}. */
    private static final int ANY_RUN = -1;

    private static final int ANY_BYTE = -2;
    private static final int FIRST_SET = -3;

    /** How many bytes of a pattern are compared with a byte of a name in one step. */
    public static final int BYTES_AT_A_STEP = Long.SIZE;

    private final String pattern;

    /** How many elements the pattern has, not counting its {@code *}. */
    private final int length;

    /** For each byte value its class: values of one class match the same elements. */
    private final byte[] kinds;

    /** In bit n: whether element n matches a byte of this class. As many numbers for each class as the pattern needs. */
    private final long[] matching;

    /** In bit n: whether {@code *} precedes element n, or the end. */
    private final long[] runs;

    /** The literal bytes that every name that matches begins with. */
    private final byte[] beginning;

    /** Whether every name with this beginning matches. */
    private final boolean beginningSuffices;

    private Glob(
            String pattern,
            byte[] beginning,
            boolean beginningSuffices,
            int length,
            byte[] kinds,
            long[] matching,
            long[] runs) {
        this.pattern = pattern;
        this.beginning = beginning;
        this.beginningSuffices = beginningSuffices;
        this.length = length;
        this.kinds = kinds;
        this.matching = matching;
        this.runs = runs;
    }

    public static Glob of(String pattern) {
        return new Compiler(pattern).glob();
    }

    /** A pattern that matches only this text. */
    public static String escape(String text) {
        return text.replaceAll("[*?\\[\\]\\\\]", "\\\\$0");
    }

    /** The literal prefix of every name that matches. */
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

    /** Reverses {@link #escape}. */
    public static String unescape(String pattern) {
        return pattern.replaceAll("\\\\(.)", "$1");
    }

    /** What is wrong with the pattern and how to fix it, to follow the value in a message; empty for a valid pattern. */
    static Optional<String> defect(String pattern) {
        var compiler = new Compiler(pattern);
        compiler.compile();
        return compiler.defect;
    }

    /** Whether the key matches, as in Redis. */
    public boolean matches(byte[] key) {
        if (key.length == 0) {
            return pattern.isEmpty() || pattern.equals("*");
        }
        if (!begins(key)) {
            return false;
        }
        return beginningSuffices || (runs.length == 1 ? matchesInOneNumber(key) : matchesInSeveral(key));
    }

    private boolean begins(byte[] key) {
        byte[] literal = beginning;
        if (key.length < literal.length) {
            return false;
        }
        for (int i = 0; i < literal.length; i++) {
            if (key[i] != literal[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean matchesInOneNumber(byte[] key) {
        long run = runs[0];
        long end = 1L << length;
        long anyEnd = end & run;
        long reached = 1;
        for (byte one : key) {
            reached = (reached & run) | ((reached & matching[kinds[one & 0xff] & 0xff]) << 1);
            if (reached == 0) {
                return false;
            }
            if ((reached & anyEnd) != 0) {
                return true;
            }
        }
        return (reached & end) != 0;
    }

    private boolean matchesInSeveral(byte[] key) {
        var reached = new long[runs.length];
        reached[0] = 1;
        for (byte one : key) {
            int kind = (kinds[one & 0xff] & 0xff) * runs.length;
            long carried = 0;
            long any = 0;
            for (int i = 0; i < runs.length; i++) {
                long moving = reached[i] & matching[kind + i];
                reached[i] = (reached[i] & runs[i]) | (moving << 1) | carried;
                carried = moving >>> (Long.SIZE - 1);
                any |= reached[i];
            }
            if (any == 0) {
                return false;
            }
        }
        return isSet(reached, length);
    }

    private static boolean isSet(long[] bits, int bit) {
        return (bits[bit / Long.SIZE] & 1L << bit % Long.SIZE) != 0;
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

        Glob glob() {
            compile();
            int[] each = Arrays.stream(elements, 0, elementCount)
                    .filter(element -> element != ANY_RUN)
                    .toArray();
            int numbers = each.length / Long.SIZE + 1;
            Map<LongBuffer, Integer> known = new HashMap<>();
            var kinds = new byte[256];
            for (int value = 0; value < kinds.length; value++) {
                var row = new long[numbers];
                for (int i = 0; i < each.length; i++) {
                    if (matches(each[i], value)) {
                        set(row, i);
                    }
                }
                int next = known.size();
                kinds[value] =
                        known.computeIfAbsent(LongBuffer.wrap(row), _ -> next).byteValue();
            }
            var matching = new long[known.size() * numbers];
            known.forEach((row, kind) -> row.get(0, matching, kind * numbers, numbers));
            byte[] beginning = beginning();
            boolean suffices = elementCount == beginning.length + 1 && elements[beginning.length] == ANY_RUN;
            return new Glob(pattern, beginning, suffices, each.length, kinds, matching, runs(numbers));
        }

        private byte[] beginning() {
            int size = 0;
            while (size < elementCount && elements[size] >= 0) {
                size++;
            }
            var beginning = new byte[size];
            for (int i = 0; i < size; i++) {
                beginning[i] = (byte) elements[i];
            }
            return beginning;
        }

        private long[] runs(int numbers) {
            var runs = new long[numbers];
            int before = 0;
            for (int i = 0; i < elementCount; i++) {
                if (elements[i] == ANY_RUN) {
                    set(runs, before);
                } else {
                    before++;
                }
            }
            return runs;
        }

        private boolean matches(int element, int value) {
            if (element >= 0) {
                return element == value;
            }
            return element == ANY_BYTE || sets[FIRST_SET - element][value];
        }

        private static void set(long[] bits, int bit) {
            bits[bit / Long.SIZE] |= 1L << bit % Long.SIZE;
        }

        void compile() {
            while (at < bytes.length) {
                switch (bytes[at]) {
                    case '*' -> run();
                    case '?' -> add(ANY_BYTE);
                    case '[' -> set();
                    case '\\' -> escaped();
                    default -> add(bytes[at] & 0xff);
                }
            }
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
                found("has a [ without a ]; close it, or write \\[ for the character itself");
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
                found("has a character in [] that Redis stores as several bytes and would match byte by byte;"
                        + " use * instead of the []");
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
