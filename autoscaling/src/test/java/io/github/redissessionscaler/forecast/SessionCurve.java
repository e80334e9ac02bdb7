package io.github.redissessionscaler.forecast;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Synthetic load curves, one number of sessions every 15 s. The same seed gives the same curve. */
public enum SessionCurve {
    /** Five busy days and two quiet ones, each like a sine. */
    WEEK,
    /** Nobody at night, everybody within half an hour in the morning, on a large site. */
    OFFICE,
    /** A constant stream of users, and now and then a crowd for a quarter of an hour. */
    CROWDS,
    /** A week in which deployments log everybody out. */
    LOGOUTS,
    /** A week that is estimated, with a standard error of two percent. */
    ESTIMATED,
    /** A random walk, which cannot be forecast. */
    WALK,
    /** A constant number of users who come and go. */
    FLAT,
    /** A few dozen sessions at noon, a few at night. */
    SMALL,
    /** Robots with many sessions, for a minute or a few, at any time. */
    ROBOTS,
    /** Rises for four hours and falls at once. */
    SAW_TOOTH,
    /** High and low in turns, without anything between. */
    SQUARE;

    /** Of {@link #ESTIMATED}, as a fraction of the sessions. */
    private static final double ESTIMATION_ERROR = 0.02;

    private static final int HOUR = 240;
    private static final int DAY = 24 * HOUR;

    /** The curve over this many days, with this many times the usual users. */
    public double[] sessions(int days, double size, long seed) {
        var random = new Random(seed);
        int length = days * DAY;
        return switch (this) {
            case WEEK -> arriving(length, random, point -> 8 * size * week(point));
            case OFFICE -> arriving(length, random, point -> 1 + 300 * size * office(point));
            case CROWDS -> crowds(length, size, random);
            case LOGOUTS -> loggedOut(arriving(length, random, point -> 8 * size * week(point)), random);
            case ESTIMATED -> estimated(arriving(length, random, point -> 8 * size * week(point)), random);
            case WALK -> walk(length, random);
            case FLAT -> arriving(length, random, point -> 5 * size);
            case SMALL -> arriving(length, random, point -> 0.2 * size * week(point));
            case ROBOTS -> robots(arriving(length, random, point -> 8 * size * week(point)), random);
            case SAW_TOOTH -> straight(length, point -> 200 + 1000 * size * (point % (4 * HOUR)) / (4 * HOUR));
            case SQUARE -> straight(length, point -> point / (HOUR * 3 / 2) % 2 == 0 ? 900 * size : 300 * size);
        };
    }

    private static double week(int point) {
        double weekday = (point / DAY) % 7 < 5 ? 1 : 0.5;
        return weekday * (1 - 0.9 * Math.cos(2 * Math.PI * point / DAY));
    }

    private static double office(int point) {
        double hour = (double) (point % DAY) / HOUR;
        return 1 / (1 + Math.exp((9 - hour) * 8)) / (1 + Math.exp((hour - 17) * 4));
    }

    private static double[] crowds(int length, double size, Random random) {
        double[] more = new double[length];
        for (int crowd = 0; crowd < length / DAY * 8; crowd++) {
            int from = random.nextInt(length);
            double arriving = size * (5 + random.nextInt(20));
            for (int point = from; point < Math.min(length, from + HOUR / 4); point++) {
                more[point] += arriving;
            }
        }
        return arriving(length, random, point -> 5 * size + more[point]);
    }

    /** Users who arrive at random, with this mean at each point, and stay for 20 minutes in the mean. */
    private static double[] arriving(int length, Random random, IntToDoubleFunction arrivals) {
        double[] curve = new double[length];
        double sessions = arrivals.applyAsDouble(0) * HOUR / 3;
        for (int point = 0; point < length; point++) {
            double left = Math.min(sessions, chance(sessions * 3 / HOUR, random));
            sessions = sessions - left + chance(arrivals.applyAsDouble(point), random);
            curve[point] = Math.rint(sessions);
        }
        return curve;
    }

    /** A random number, nearly of the Poisson distribution. */
    private static double chance(double mean, Random random) {
        return Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
    }

    private static double[] loggedOut(double[] curve, Random random) {
        double[] left = curve.clone();
        for (int deployment = 0; deployment < curve.length / DAY * 2; deployment++) {
            int from = random.nextInt(curve.length);
            for (int point = from; point < Math.min(curve.length, from + HOUR); point++) {
                left[point] = Math.rint(left[point] * (point - from) / HOUR);
            }
        }
        return left;
    }

    private static double[] robots(double[] curve, Random random) {
        double[] with = curve.clone();
        for (int burst = 0; burst < curve.length / DAY * 8; burst++) {
            int from = random.nextInt(curve.length);
            int to = Math.min(curve.length, from + 1 + random.nextInt(HOUR / 6));
            int robots = 100 + random.nextInt(500);
            for (int point = from; point < to; point++) {
                with[point] += robots;
            }
        }
        return with;
    }

    private static double[] straight(int length, IntToDoubleFunction sessions) {
        return IntStream.range(0, length).mapToDouble(sessions).map(Math::rint).toArray();
    }

    private static double[] estimated(double[] curve, Random random) {
        double[] estimates = curve.clone();
        for (int point = 0; point < curve.length; point++) {
            estimates[point] = Math.max(0, curve[point] * (1 + ESTIMATION_ERROR * random.nextGaussian()));
        }
        return estimates;
    }

    private static double[] walk(int length, Random random) {
        double[] curve = new double[length];
        double sessions = 2000;
        for (int point = 0; point < length; point++) {
            sessions = Math.max(0, sessions + 5 * random.nextGaussian());
            curve[point] = Math.rint(sessions);
        }
        return curve;
    }
}
