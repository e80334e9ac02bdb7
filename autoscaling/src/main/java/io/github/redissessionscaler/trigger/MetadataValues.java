package io.github.redissessionscaler.trigger;

import io.github.redissessionscaler.forecast.Forecast;
import io.github.redissessionscaler.input.ValueParser;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** The forms of the values of trigger metadata. */
final class MetadataValues {

    /** Characters of a value that the scaler reads. Those that are meant for KEDA, such as certificates, may be longer. */
    static final int LONGEST = 1024;

    private static final Duration SHORTEST_DURATION = Duration.ofMillis(1);
    private static final Duration LONGEST_DURATION = Duration.ofDays(3650);
    private static final long LARGEST_SIZE = 1_000_000_000;
    private static final double MOST_PERCENT = 1000;

    /** As connections have it. */
    private static final int HIGHEST_DATABASE = 1023;

    static final ValueParser<String> REDIS_KEY =
            ValueParser.verbatim(1, LONGEST).describedAs("the name of a Redis key");

    static final ValueParser<String> TEXT = ValueParser.verbatim(1, LONGEST).describedAs("text without line breaks");

    static final ValueParser<String> GLOB =
            ValueParser.verbatim(1, LONGEST).describedAs("a Redis glob such as session:*, or several, one a line");

    static final ValueParser<String> SOURCES = ValueParser.verbatim(1, SourceList.LONGEST)
            .describedAs("a YAML list of up to " + SourceList.MOST + " sources");

    static final ValueParser<String> FIELD = ValueParser.verbatim(1, LONGEST).describedAs("the name of a field");

    static final ValueParser<Long> SIZE = ValueParser.whole("a number of bytes or elements", 1, LARGEST_SIZE);

    static final ValueParser<String> CONNECTION =
            ValueParser.text(1, LONGEST).describedAs("the name of a connection in the scaler's configuration");

    /** A valid segment of a URL's path, as which Kubernetes uses it, and nothing that KEDA would replace. */
    static final ValueParser<String> METRIC_NAME = ValueParser.matching(
            Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9_.-]{1,128}"),
            "a name of 1 to 128 letters, digits, '-', '_' and '.'");

    static final ValueParser<Integer> DATABASE_INDEX =
            ValueParser.whole(0, HIGHEST_DATABASE).map(Long::intValue);

    static final ValueParser<Double> SESSIONS = ValueParser.decimal(0, Target.LARGEST);

    static final ValueParser<Headroom> HEADROOM = ValueParser.decimal("a number of sessions", 0, Target.LARGEST)
            .<Headroom>map(Headroom.Sessions::new)
            .or(ValueParser.percentage(0, MOST_PERCENT).map(Headroom.ByPercent::new));

    static final ValueParser<Duration> DURATION = ValueParser.duration(Duration.ZERO, LONGEST_DURATION);

    static final ValueParser<Duration> POSITIVE_DURATION = ValueParser.duration(SHORTEST_DURATION, LONGEST_DURATION);

    static final ValueParser<Duration> LOOK_AHEAD = ValueParser.duration(Duration.ZERO, Forecast.LONGEST_LOOK_AHEAD);

    static final ValueParser<Accuracy> ACCURACY = ValueParser.choice(Accuracy.class);

    /** Names of modules' types have nine characters. */
    private static final Pattern TYPE_OF_A_MODULE = Pattern.compile("(?i)(?!.*sorted)[a-z0-9_-]{9}");

    static final ValueParser<String> KEY_TYPE = ValueParser.choice(KeyType.class)
            .<String>map(ValueParser::word)
            .or(ValueParser.matching(TYPE_OF_A_MODULE, "a type of a module such as ReJSON-RL"))
            .suggesting(text ->
                    text.toLowerCase(Locale.ROOT).contains("sorted") ? "; a sorted set's type is called zset" : "");

    static final ValueParser<Preset> PRESET = ValueParser.choice(Preset.class, Preset::text)
            .describedAs("the name of a preset")
            .suggesting(_ -> "; the presets are " + String.join(", ", Preset.names()));

    static final ValueParser<WhenUnavailable> WHEN_UNAVAILABLE = ValueParser.choice(WhenUnavailable.class);

    /** The words for an {@link UnavailablePolicy}. */
    enum WhenUnavailable {
        MINIMUM,
        HOLD,
        ERROR
    }

    private MetadataValues() {}
}
