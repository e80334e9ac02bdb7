package io.github.redissessionscaler.config;

import io.github.redissessionscaler.input.ValueParser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The forms of the values of settings and connections. */
final class SettingValues {

    static final ValueParser<String> LISTEN_ADDRESS =
            ValueParser.matching(Pattern.compile("[\\w.:%-]{1,253}"), "a host name or address");

    static final ValueParser<Integer> PORT =
            ValueParser.whole("a port", 0, 65_535).map(Long::intValue);

    static final ValueParser<Integer> LIMIT = ValueParser.whole(1, 999_999_999).map(Long::intValue);

    static final ValueParser<Integer> DATABASE =
            ValueParser.whole(0, ConnectionConfig.HIGHEST_DATABASE).map(Long::intValue);

    static final ValueParser<Path> PATH = ValueParser.of("a path", Section::path);

    static final ValueParser<Path> PEM = PATH.describedAs("a PEM file");

    static final ValueParser<Path> KUBECONFIG = PATH.describedAs("a kubeconfig file");

    /** Host names in lower case. */
    static final ValueParser<Set<String>> HOST_NAMES = ValueParser.list(
                    "host names, separated by commas",
                    ",",
                    ValueParser.matching(Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?"), "a host name")
                            .map(name -> name.toLowerCase(Locale.ROOT)))
            .map(HashSet::new);

    static final ValueParser<Set<String>> NAMESPACES = ValueParser.list(
                    "names of namespaces, separated by commas",
                    ",",
                    ValueParser.matching(
                            Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"), "a name of a namespace"))
            .map(HashSet::new);

    /** A part of 1. */
    static final ValueParser<Double> SHARE = ValueParser.percentage(0.1, 100).map(percent -> percent / 100);

    static final ValueParser<Duration> TIMEOUT = ValueParser.duration(Duration.ofMillis(10), Duration.ofHours(1));

    static final ValueParser<Duration> GRACE = ValueParser.duration(Duration.ZERO, Duration.ofDays(7));

    static final ValueParser<Duration> HEARTBEAT = ValueParser.duration(Duration.ofMillis(10), Duration.ofDays(1));

    static final ValueParser<Duration> KEEPALIVE = ValueParser.duration(Duration.ofSeconds(1), Duration.ofDays(1));

    static final ValueParser<Duration> POLL = ValueParser.duration(Duration.ofMillis(10), Duration.ofHours(1));

    static final ValueParser<Duration> REFRESH = ValueParser.duration(Duration.ofMillis(10), Duration.ofDays(7));

    static final ValueParser<ServerConfig.LogFormat> LOG_FORMAT = ValueParser.choice(ServerConfig.LogFormat.class);

    static final ValueParser<String> LOG_LEVEL =
            ValueParser.choice(List.of("error", "warn", "info", "debug", "trace"), Function.identity());

    private SettingValues() {}
}
