package io.github.redissessionscaler.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Where an axis has its marks. */
final class Ticks {

    private static final List<Duration> TIME_STEPS = Stream.of(
                    "PT1S", "PT5S", "PT15S", "PT1M", "PT5M", "PT15M", "PT1H", "PT3H", "PT6H", "PT12H", "P1D", "P2D",
                    "P7D", "P14D", "P30D", "P60D")
            .map(Duration::parse)
            .toList();

    private Ticks() {}

    /** Multiples of 1, 2 or 5 times a power of ten from 0 to the end, about so many at most. */
    static double[] upTo(double end, int atMost) {
        double step = step(end / atMost);
        return DoubleStream.iterate(0, tick -> tick <= end, tick -> tick + step).toArray();
    }

    /** The same, whole numbers alone. */
    static long[] wholeUpTo(double end, int atMost) {
        long step = Math.max(1, Math.round(step(end / atMost)));
        return LongStream.iterate(0, tick -> (double) tick <= end, tick -> tick + step)
                .toArray();
    }

    /** The least distance of round times at which there are no more than so many in the span. */
    static Duration timeStep(Span span, int atMost) {
        return TIME_STEPS.stream()
                .filter(step -> span.length().dividedBy(step) <= atMost)
                .findFirst()
                .orElse(TIME_STEPS.getLast());
    }

    /** The round times in the span at that distance. */
    static List<Instant> times(Span span, Duration step) {
        long first = Math.ceilDiv(span.from().toEpochMilli(), step.toMillis());
        long last = Math.floorDiv(span.to().toEpochMilli(), step.toMillis());
        return LongStream.rangeClosed(first, last)
                .mapToObj(tick -> Instant.ofEpochMilli(tick * step.toMillis()))
                .toList();
    }

    private static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
        return DoubleStream.of(1, 2, 5, 10)
                .map(factor -> factor * power)
                .filter(step -> step >= least)
                .findFirst()
                .orElse(10 * power);
    }
}
