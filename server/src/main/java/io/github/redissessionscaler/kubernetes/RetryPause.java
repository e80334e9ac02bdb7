package io.github.redissessionscaler.kubernetes;

import java.time.Duration;

/** How long to wait before something that has failed is started again. */
final class RetryPause {

    private static final Duration FIRST = Duration.ofMinutes(1);

    /** The longest pause is the first one, doubled so many times. */
    private static final int MOST_DOUBLED = 4;

    private RetryPause() {}

    /**
     * A minute, doubled by each further attempt, up to 16 minutes.
     *
     * @param attempts how often it has failed in a row, from 0, for no pause
     */
    static Duration after(int attempts) {
        return attempts == 0 ? Duration.ZERO : FIRST.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLED));
    }
}
