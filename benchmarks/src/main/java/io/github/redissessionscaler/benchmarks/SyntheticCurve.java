package io.github.redissessionscaler.benchmarks;

import io.github.redissessionscaler.simulation.LoadCurve;
import io.github.redissessionscaler.simulation.LoadCurveReader;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Load curves in shapes that real ones have, with a point each minute. Unless they say otherwise, users arrive at random and stay for
 * half an hour. Always the same.
 */
enum SyntheticCurve {
    /** Busy days and quiet weekends. */
    WEEK(14, 0) {
        @Override
        double arrivals(int minute) {
            return 40 * (weekday(minute) ? 1 : 0.45) * day(hour(minute));
        }
    },
    /** Everybody comes within an hour in the morning, on weekdays. */
    OFFICE(14, 1) {
        @Override
        double arrivals(int minute) {
            double hour = hour(minute);
            return 0.3 + (weekday(minute) ? 60 / (1 + Math.exp(6 * (9 - hour))) / (1 + Math.exp(4 * (hour - 17))) : 0);
        }
    },
    /** Lunch and evening, each like a bell. */
    MEALS(7, 2) {
        @Override
        double arrivals(int minute) {
            double hour = hour(minute);
            return 25 * day(hour)
                    + 25 * Math.exp(-square((hour - 12.2) / 0.4))
                    + 15 * Math.exp(-square((hour - 20) / 0.7));
        }
    },
    /** The clocks change on the fourth day. */
    DAYLIGHT_SHIFT(10, 3) {
        @Override
        double arrivals(int minute) {
            return 40 * day(hour(minute) + (minute >= 4 * DAY ? 1 : 0));
        }
    },
    /** A little more each day. */
    SLOW_GROWTH(7, 4) {
        @Override
        double arrivals(int minute) {
            return 8 + 2.0 * minute / DAY;
        }
    },
    FLAT(7, 5) {
        @Override
        double arrivals(int minute) {
            return 20;
        }
    },
    /** From 5 to 50 sessions. */
    SMALL(7, 6) {
        @Override
        double arrivals(int minute) {
            return 0.15 + 1.4 * day(hour(minute));
        }
    },
    /** Five times as many arrive from one minute to the next, and fade within an hour; three times. */
    FLASH_SALE(7, 7) {
        @Override
        double arrivals(int minute) {
            return 15 * day(hour(minute))
                    + IntStream.of(DAY + 12 * HOUR, 3 * DAY + 20 * HOUR, 5 * DAY + 9 * HOUR)
                            .filter(sale -> minute >= sale)
                            .mapToDouble(sale -> 80 * Math.exp((sale - minute) / 20.0))
                            .sum();
        }
    },
    /** For an hour each night, ten times as many arrive. */
    NIGHT_BATCH(7, 8) {
        @Override
        double arrivals(int minute) {
            return 12 * day(hour(minute)) + (minute % DAY / HOUR == 2 ? 40 : 0);
        }
    },
    /** Two hours of few and two hours of many arrivals. */
    TIDES(7, 9) {
        @Override
        double arrivals(int minute) {
            return minute / (2 * HOUR) % 2 == 0 ? 8 : 30;
        }
    },
    /** Deployments end all sessions; half an hour later all have come back. */
    LOGOUTS(7, 10) {
        @Override
        double arrivals(int minute) {
            return WEEK.arrivals(minute);
        }

        @Override
        IntUnaryOperator changed(int[] sessions, Random random) {
            int[] deployments =
                    IntStream.range(0, 12).map(_ -> random.nextInt(7 * DAY)).toArray();
            return minute -> IntStream.of(deployments)
                    .filter(at -> minute >= at && minute < at + HOUR / 2)
                    .map(at -> sessions[minute] * (minute - at) / (HOUR / 2))
                    .min()
                    .orElse(sessions[minute]);
        }
    },
    /** Robots with hundreds of sessions for a few minutes, at any time. */
    BOTS(7, 11) {
        @Override
        double arrivals(int minute) {
            return 30 * day(hour(minute));
        }

        @Override
        IntUnaryOperator changed(int[] sessions, Random random) {
            int[] more = new int[sessions.length];
            for (int burst = 0; burst < 60; burst++) {
                int from = random.nextInt(sessions.length);
                int robots = 100 + random.nextInt(500);
                int to = Math.min(sessions.length, from + 1 + random.nextInt(15));
                IntStream.range(from, to).forEach(minute -> more[minute] += robots);
            }
            return minute -> sessions[minute] + more[minute];
        }
    },
    /** From 1 to 45 minutes without a point, 60 times. */
    MISSING(7, 12) {
        @Override
        double arrivals(int minute) {
            return 40 * day(hour(minute));
        }

        @Override
        IntUnaryOperator changed(int[] sessions, Random random) {
            int[] left = sessions.clone();
            for (int gap = 0; gap < 60; gap++) {
                int from = 1 + random.nextInt(sessions.length - HOUR);
                int to = from + (gap % 3 == 0 ? 45 : 1 + random.nextInt(10));
                IntStream.range(from, to).forEach(minute -> left[minute] = NONE);
            }
            return minute -> left[minute];
        }
    },
    /** Rises by 1,000 in four hours, and falls at once. */
    SAW_TOOTH(7, 13) {
        @Override
        double arrivals(int minute) {
            return 0;
        }

        @Override
        IntUnaryOperator changed(int[] sessions, Random random) {
            return minute -> 200 + 1000 * (minute % (4 * HOUR)) / (4 * HOUR);
        }
    },
    /** 900 and 300 in turns, for 90 minutes each: no rise takes longer than a minute. */
    SQUARE(7, 14) {
        @Override
        double arrivals(int minute) {
            return 0;
        }

        @Override
        IntUnaryOperator changed(int[] sessions, Random random) {
            return minute -> minute / 90 % 2 == 0 ? 900 : 300;
        }
    };

    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;
    private static final int STAY = 30;
    private static final int NONE = -1;
    private static final int FIRST_EPOCH_SECOND = 1_767_225_600;

    private final int days;
    private final long seed;

    SyntheticCurve(int days, long seed) {
        this.days = days;
        this.seed = seed;
    }

    /** Users who arrive in this minute, on average. */
    abstract double arrivals(int minute);

    /** What becomes of the sessions at each minute; {@link #NONE} for no point. */
    IntUnaryOperator changed(int[] sessions, Random random) {
        return minute -> sessions[minute];
    }

    LoadCurve curve() {
        var random = new Random(seed);
        int[] sessions = staying(this::arrivals, random);
        IntUnaryOperator changed = changed(sessions, random);
        return LoadCurveReader.read(IntStream.range(0, sessions.length)
                .filter(minute -> changed.applyAsInt(minute) != NONE)
                .mapToObj(minute -> (FIRST_EPOCH_SECOND + 60 * minute) + "," + changed.applyAsInt(minute)));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private int[] staying(IntToDoubleFunction arrivals, Random random) {
        int length = days * DAY;
        long[] arriving = IntStream.range(-STAY, length)
                .mapToLong(minute -> arriving(arrivals.applyAsDouble(Math.max(0, minute)), random))
                .toArray();
        int[] sessions = new int[length];
        long present =
                IntStream.range(0, STAY).mapToLong(minute -> arriving[minute]).sum();
        for (int minute = 0; minute < length; minute++) {
            present += arriving[minute + STAY] - arriving[minute];
            sessions[minute] = Math.toIntExact(present);
        }
        return sessions;
    }

    /** A random number of the Poisson distribution, or nearly for large means. */
    private static long arriving(double mean, Random random) {
        if (mean > 50) {
            return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
        }
        long count = 0;
        for (double product = random.nextDouble(); product > Math.exp(-mean); product *= random.nextDouble()) {
            count++;
        }
        return count;
    }

    private static double hour(int minute) {
        return (double) (minute % DAY) / HOUR;
    }

    private static boolean weekday(int minute) {
        return minute / DAY % 7 < 5;
    }

    /** From 0.1 at four in the morning to 1 at four in the afternoon. */
    private static double day(double hour) {
        return 0.1 + 0.9 * Math.pow(0.5 - 0.5 * Math.cos(2 * Math.PI * (hour - 4) / 24), 1.5);
    }

    private static double square(double number) {
        return number * number;
    }
}
