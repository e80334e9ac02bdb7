package io.github.redissessionscaler.push;

import io.github.redissessionscaler.evaluation.Evaluator;

/**
 * One pass over many streams.
 *
 * @param evaluator reads each count once in the round, and not before the round began
 * @param began when the round began, as {@link System#nanoTime} gives it
 */
record Round(Evaluator evaluator, long began) {

    static Round begin(Evaluator evaluator) {
        long now = System.nanoTime();
        return new Round(evaluator.forOneRound(), now);
    }
}
