package io.github.redissessionscaler.forecast;

import java.util.Arrays;

/** The mean of the middle half of some numbers, which a single jump does not change much. */
final class InterquartileMean {

    private InterquartileMean() {}

    /** Sorts the numbers. At least 4 are required. */
    static double of(double[] numbers) {
        Arrays.sort(numbers);
        int quarter = numbers.length / 4;
        double sum = 0;
        for (int index = quarter; index < numbers.length - quarter; index++) {
            sum += numbers[index];
        }
        return sum / (numbers.length - 2 * quarter);
    }
}
