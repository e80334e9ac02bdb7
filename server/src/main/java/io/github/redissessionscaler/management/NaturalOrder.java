package io.github.redissessionscaler.management;

/** Compares texts so that numbers in them are in the order of their values: {@code web-7} before {@code web-10}. */
final class NaturalOrder {

    private NaturalOrder() {}

    /** As {@link java.util.Comparator#compare}; 0 only for equal texts. */
    static int compare(String one, String other) {
        int i = 0;
        int j = 0;
        while (i < one.length() && j < other.length()) {
            char left = one.charAt(i);
            char right = other.charAt(j);
            if (isDigit(left) && isDigit(right)) {
                int endOfOne = endOfNumber(one, i);
                int endOfOther = endOfNumber(other, j);
                int byValue = compareNumbers(one, i, endOfOne, other, j, endOfOther);
                if (byValue != 0) {
                    return byValue;
                }
                i = endOfOne;
                j = endOfOther;
            } else if (left == right) {
                i++;
                j++;
            } else {
                return Character.compare(left, right);
            }
        }
        int byRest = Integer.compare(one.length() - i, other.length() - j);
        return byRest == 0 ? one.compareTo(other) : byRest;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static int endOfNumber(String text, int start) {
        int end = start;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int compareNumbers(
            String one, int startOfOne, int endOfOne, String other, int startOfOther, int endOfOther) {
        int i = withoutZeros(one, startOfOne, endOfOne);
        int j = withoutZeros(other, startOfOther, endOfOther);
        int difference = Integer.compare(endOfOne - i, endOfOther - j);
        while (difference == 0 && i < endOfOne) {
            difference = Character.compare(one.charAt(i), other.charAt(j));
            i++;
            j++;
        }
        return difference;
    }

    private static int withoutZeros(String text, int start, int end) {
        int first = start;
        while (first < end && text.charAt(first) == '0') {
            first++;
        }
        return first;
    }
}
